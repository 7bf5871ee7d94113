calendar "office" {
  doc = "When somebody is there", zone = "Europe/Berlin", days = { "mon-fri 09:00-17:00" },
  holidays = { "01-01", "05-01", "10-03", "12-25", "12-26" },
}
sla "call" {
  doc = "Who qualified in the product is called within four working hours", stage = "mql",
  stops_at = track "Call Attempted" | act "log_call", warn = "2h", due = "4h", hours = "office", breach = { escalate = "sales_lead" },
}
worklist "call" { doc = "Uses it and has told why", stage = "mql", order = { "clock", "usage" } }
-- What others are told goes into a file of the data directory here; a url or a plugin stands in its place in earnest.
destination "desk" { doc = "The sales team's channel", file = "desk.ndjson" }
effect "hot"  { doc = "Somebody to call, with all that is known", on = entered "mql", to = "desk", type = "lead.qualified", handoff = true }
effect "late" { doc = "Nobody has called", on = breached "call", to = "desk", type = "lead.late" }
