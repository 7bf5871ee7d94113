-- Large companies. An MQL is somebody worth marketing's attention; SAL is three checks; SQL needs a talk that confirms the need.
lifecycle "enterprise" {
  start = "lead", who = in_segment "large", final = { "customer" },
  endorsed = { "mql" }, sales = { "sal", "sql", "customer" },
  move {
    "lead", "mql", doc = "Worth marketing's attention: leads something there, and has looked at what we do",
    when = score { fit = at_least(80), intent = at_least(15) }, again = "30d",
  },
  move {
    "mql", "sal", act = "accept", by = "sales", doc = "Sales sees it too, one can talk to them, company and job are plausible",
    asks = { meets_mql = true, can_talk = true, plausible = true },
  },
  move {
    "sal", "sql", act = "qualify", by = "sales", doc = "A talk has confirmed the need, and they want to go on",
    need = seen(act "log_call" { outcome = "connect" } | act "log_meeting") & seen(act "consent"),
  },
  move { "sql", "customer", act = "win", by = "sales", doc = "Signed" },
}
sla "answer" { doc = "An enterprise lead is accepted within a day", stage = { "mql", lifecycle = "enterprise" }, due = "24h" }
worklist "enterprise" { doc = "Large companies to talk to", stage = { "mql", "sal", lifecycle = "enterprise" }, order = { "clock", "fit", "intent" } }
