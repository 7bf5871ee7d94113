-- Two ways at once: small teams buy by card and never see a salesperson; larger ones are called when they use it and say why.
lifecycle "main" {
  start = "lead", final = { "customer", "disqualified" },
  endorsed = { "mql" }, sales = { "sal", "customer" },
  gate "known" { doc = "Nobody calls an address", into = { "mql", "sal" }, need = known { "first_name" } },
  move { "lead", "mql", doc = "Uses it, and has told why", when = in_segment "teams" & score { usage = at_least(20) } & qualified "bant", again = "30d" },
  move { "mql", "lead", doc = "Stopped using it", when = score { usage = below(10) } & in_stage_for "14d" },

  -- Accepting tells what the call was for; calling somebody who is not qualified yet is sales' right, and counted apart.
  move { "mql", "sal", act = "accept", doc = "Accepted", by = "sales", asks = { plausible = true }, learns = { "note", "seats", "phone" } },
  move { "lead", "sal", act = "claim", doc = "Called without marketing's word", by = "sales", claim = true },
  move {
    "sal", "customer", act = "win", doc = "Signed", by = "sales",
    need = seen(act "log_call" { outcome = "connect" }, { since = "cycle" }), asks = { seats = at_least(5), amount = above(0) },
  },
  move {
    { "lead", "mql", "sal" }, "disqualified", act = "disqualify", doc = "Will not buy", by = "sales",
    reasons = { no_budget = "180d", competitor = "never", too_small = { stands = "365d", alternative = "the plan by card" } },
  },
}
acts {
  log_call = { doc = "Dialled, and what came of it", by = "sales", asks = { outcome = one_of { "no_answer", "connect" } }, private = { "note" } },
  accept   = { sets = { "seats", "phone" } },
  win      = { sets = { "seats", "amount" } },
}
lifecycle "card" {
  start = "visitor", who = in_segment "self_serve",
  move { "visitor", "trial", when = seen(track "Trial Started") },
  move { "trial", "activated", doc = "Connected and made a report", when = seen(track "Source Connected") & seen(track "Report Created") },
  move { { "trial", "activated" }, "paying", when = seen(track "Subscription Started") },
}
