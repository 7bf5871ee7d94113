calendar "office" {
  doc = "When somebody is there", zone = "Europe/Berlin", days = { "mon-fri 09:00-17:00" },
  holidays = { "01-01", "05-01", "10-03", "12-25", "12-26" },
}
sla "call" {
  doc = "Who qualified in the product is called within four working hours", stage = "mql",
  stops_at = track "Call Attempted" | act "log_call", warn = "2h", due = "4h", hours = "office", breach = { escalate = "sales_lead" },
}
worklist "call" { doc = "Uses it and has told why", stage = "mql", order = { "clock", "usage" } }
