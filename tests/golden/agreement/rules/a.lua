dimension "intent" {}
rule "demo" { doc = "Asked for a demo", on = track "Demo", points = { intent = 10 } }
lifecycle "main" { start = "lead",
  move { "lead", "mql", when = score { intent = at_least(10) } & ~seen(track "Lost") },
  move { "mql", "sal", when = seen(track "Accepted") },
  move { any, "lost", when = seen(track "Lost") }, final = { "lost" } }
calendar "madrid" { zone = "Europe/Madrid", days = { "mon-sun 00:00-24:00" } }
sla "touch" { stage = "mql", stops_at = track "Called", warn = "1s", due = "4s", hours = "madrid", breach = { escalate = "boss" } }
sla "volume" { of = "marketing", stage = "mql", per = "month", volume = 3, quality = { stage = "sal", percent = 50 } }
worklist "hot" { stage = "mql", order = { "clock", "intent" } }
assign "all" { doc = "In turn", stage = "mql", account_owner = true, pool = { "maria", "jon" } }
