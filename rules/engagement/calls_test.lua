test "a talk counts once a day" (function(t)
  t:track("Call Completed", { outcome = "connected" })
  t:track("Call Completed", { outcome = "interested" })
  t:expect { points = { call_talked = 12 } }
  t:advance "1d"
  t:track("Call Completed", { outcome = "connected" })
  t:expect { points = { call_talked = above(23) } }
end)

test "a call nobody took says nothing" (function(t)
  t:track("Call Completed", { outcome = "no_answer" })
  t:expect { scores = { engagement = 0 }, not_holds = { "call_talked", "not_interested", "wrong_number" } }
end)

test "they call us" (function(t)
  for _ = 1, 3 do t:track "Call Received" end
  t:expect { points = { called_us = 30 } }
end)

test "no interest fades over half a year, a wrong number stays" (function(t)
  t:track("Call Completed", { outcome = "not_interested" })
  t:track("Call Completed", { outcome = "wrong_number" })
  t:expect { points = { not_interested = -20, wrong_number = -10 }, scores = { engagement = 0 } }
  t:advance "90d"
  t:expect { points = { not_interested = at_least(-10) } } -- and what silence has cut
  t:advance "90d"
  t:expect { not_holds = { "not_interested" } }
end)
