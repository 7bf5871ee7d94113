test "not now lowers intent for three months and leaves fit alone" (function(t)
  t:identify { title = "CEO" }
  t:track "Demo Requested"
  t:track("Call Completed", { outcome = "not_now" })
  t:track "Project Postponed"
  t:expect { points = { not_now = -30, seniority = 25 }, scores = { intent = 10 } }
  t:advance "45d"
  t:expect { points = { not_now = -15 } }
  t:advance "45d"
  t:expect { not_holds = { "not_now" } }
end)

test "a demonstration missed" (function(t)
  t:track "Demo Missed"
  t:track "Demo Cancelled"
  t:expect { points = { demo_cancelled = -20 }, scores = { intent = 0 } }
  t:advance "30d"
  t:expect { points = { demo_cancelled = -10 } }
end)
