-- A clock with everything that may follow from it: somebody is warned, a manager is told, the lead goes to the next in turn.
dimension "intent" { min = 0, max = 100 }
rule "demo" { doc = "Asked for a demo", on = track "Demo Requested", points = { intent = 40 } }
lifecycle "main" {
  start = "lead", endorsed = { "mql" }, sales = { "sal" },
  move { "lead", "mql", doc = "Hot", when = score { intent = at_least(40) } },
  move { "mql", "sal", act = "accept", by = "sales" },
  move { "mql", "lead", act = "reject", by = "sales", reasons = { not_mql = "30d" } },
}
acts { log_call = { by = "sales" } }
contact { unsubscribed = seen(track "Unsubscribed") }
sla "first_touch" {
  doc = "Called within the hour", stage = "mql", stops_at = act "log_call", warn = "30m", due = "1h",
  breach = { escalate = "sales_manager", reassign = true },
}
sla "answer" { doc = "Accepted or rejected within a day", stage = "mql", due = "1d" }
assign "hot" { stage = "mql", pool = { "maria", "jon" } }

destination "chat" { url = "https://chat.example/hook" }
destination "crm" { url = "https://crm.example/hook" }

effect "soon" { doc = "Half of the hour is over", on = warned "first_touch", to = "chat" }
effect "late" { doc = "Nobody has called", on = breached "first_touch", to = { "chat", "crm" }, type = "lead.late" }
effect "any_late" { on = breached(any), when = score { intent = at_least(80) }, to = "crm" }
effect "called" { on = act "log_call", to = "crm" }
effect "given" { doc = "Somebody's lead", on = act "assign", to = "crm" }
effect "accepted" { on = act "accept" | entered "sal", to = "chat" }
