test "scores and grades as conditions" (function(t)
  t:expect { grade = "Ccold", not_holds = { "fit_lead", "cell" } }
  t:identify { title = "CTO" }
  t:expect { grade = "Bcold", holds = { "fit_lead" } }
  t:track "Click"
  t:track "Click"
  t:expect { grade = "Bhot", holds = { "cell" } }
end)

test "moves chain, final stages stay" (function(t)
  t:identify { budget = 2000 }
  t:track "Click"
  t:track "Click"
  t:expect { stage = "sql", stages = { main = "sql", support = "none" }, holds = { "in_mql" } }
  t:identify { bought = true }
  t:expect { stages = { main = "won", support = "customer" }, not_holds = { "in_mql" } }
  t:identify { lost = true }
  t:expect { stage = "won" }
end)

test "time in a stage" (function(t)
  t:track "Click"
  t:track "Click"
  t:advance "9d23h59m59s"
  t:expect { stage = "mql", not_holds = { "stays" } }
  t:advance "1s"
  t:expect { holds = { "stays" } }
end)

test "what was seen, in a window, ever, in this cycle" (function(t)
  t:track "Click"
  t:expect { holds = { "ever_clicked", "cycle_click" }, not_holds = { "two_clicks" } }
  t:advance "6d"
  t:track "Click"
  t:expect { holds = { "two_clicks" } }
  t:advance "23h59m59s"
  t:expect { holds = { "two_clicks" } }
  t:advance "1s"
  t:expect { not_holds = { "two_clicks" }, holds = { "ever_clicked" } }
end)

test "a profile that is complete" (function(t)
  t:expect { completeness = 0, not_holds = { "complete", "named" } }
  t:identify { name = "Ana" }
  t:expect { completeness = 50, holds = { "named" } }
  t:identify { phone = 5 }
  t:expect { completeness = 100, holds = { "complete" } }
end)

test "velocity is the change over whole days" (function(t)
  t:track "Click"
  t:track "Click"
  t:expect { holds = { "fast" } }
  t:advance "6d"
  t:expect { holds = { "fast" } }
  t:advance "2d"
  t:expect { not_holds = { "fast" } }
end)

test "silence, which mails do not break" (function(t)
  t:track "Click"
  t:advance "4d"
  t:track "Mail"
  t:advance "23h59m59s"
  t:expect { not_holds = { "quiet" } }
  t:advance "1s"
  t:expect { holds = { "quiet" } }
  t:page "/"
  t:expect { not_holds = { "quiet" } }
end)

test "interest adds up by topic" (function(t)
  t:track "Click"
  t:track "Mail"
  t:expect { interest = { cnc = 5, laser = 6 }, not_holds = { "cnc_fan" } }
  t:track "Click"
  t:expect { interest = { cnc = 10, laser = 11 }, holds = { "cnc_fan" } }
end)

test "dates come and go by themselves" (function(t)
  t:identify { renews = "2024-03-01", joined = "2024-01-01T09:00:00Z" }
  t:expect { not_holds = { "renews_soon" }, holds = { "joined_lately" } }
  t:at "2024-01-30T23:59:59Z"
  t:expect { not_holds = { "renews_soon" } }
  t:at "2024-01-31T00:00:00Z"
  t:expect { holds = { "renews_soon", "joined_lately" } }
  t:at "2024-01-31T09:00:01Z"
  t:expect { not_holds = { "joined_lately" } }
  t:at "2024-03-01T00:00:00Z"
  t:expect { holds = { "renews_soon" } }
  t:at "2024-03-01T00:00:01Z"
  t:expect { not_holds = { "renews_soon" } }
end)

test "not and or" (function(t)
  t:page "/"
  t:expect { holds = { "not_cto" }, not_holds = { "either_way" } }
  t:track "Click"
  t:expect { holds = { "either_way" } }
  t:identify { title = "CTO" }
  t:expect { not_holds = { "not_cto" }, holds = { "either_way" } }
end)

test "functions count" (function(t)
  t:track "Click"
  t:track "Click"
  t:expect { not_holds = { "counted" } }
  t:track "Click"
  t:expect { holds = { "counted" } }
  t:advance "8d"
  t:expect { not_holds = { "counted" } }
  for _ = 1, 3 do t:track "Click" end
  t:expect { not_holds = { "counted" } }
end)

test "above a bar is more than the bar" (function(t)
  t:track "Click"
  t:track "Click"
  t:expect { stages = { keen = "lukewarm" }, why_not = { "engagement is 10: more than that" } }
  t:track "Mail"
  t:expect { stages = { keen = "keen" } }
end)

test "who begins anew is in the next round" (function(t)
  t:track "Click"
  t:track "Click"
  t:identify { budget = 1000 }
  t:expect { stage = "sql", cycle = 1 }
  t:identify { recycled = true, budget = 0 }
  t:expect { stage = "mql", cycle = 2 }
end)
