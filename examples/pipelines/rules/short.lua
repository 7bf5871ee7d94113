-- Everybody else: small tickets, days instead of months. An MQL has left an address; SAL adds time and authority (half of BANT), for
-- there will be no second talk; SQL is a strong intent, and no talk is needed.
framework "bant" {
  doc = "The two questions that are worth a call in a short cycle",
  criterion "authority" { ask = "Who decides?", value = "choice", choices = { "me", "somebody else" }, met = "me", weight = 50 },
  criterion "timeline"  { ask = "When must it be running?", value = "date", met = ahead "90d", weight = 50, expires = "60d" },
  qualified = { met = 2 },
}
lifecycle "short" {
  start = "lead", who = ~in_segment "large", final = { "customer" },
  endorsed = { "mql" }, sales = { "sal", "sql", "customer" },
  move { "lead", "mql", doc = "Has left an address", when = trait { email = present } },
  move { "mql", "sal", act = "accept", by = "sales", doc = "Decides, and soon", need = qualified "bant" },
  move { "sal", "sql", doc = "A strong intent is enough", when = score { intent = at_least(60) } },
  move { "sql", "customer", doc = "Has paid", when = seen(track "Subscription Started") },
}
acts {
  answer      = { doc = "An answer to a question", by = "sales" },
  log_call    = { doc = "Dialled", by = "sales", asks = { outcome = one_of { "no_answer", "connect" } } },
  log_meeting = { doc = "Met", by = "sales" },
  consent     = { doc = "They agree to go on", by = "sales" },
}
worklist "short" { doc = "To be asked two questions", stage = { "mql", lifecycle = "short" }, order = { "intent", "recent" } }
