test "25 points in a week are warming up" (function(t)
  t:advance "10d"
  t:page "/pricing"
  t:expect { not_holds = { "warming_up" } }
  t:page "/pricing/enterprise"
  t:expect { points = { warming_up = 10 } }
  t:advance "8d"
  t:expect { not_holds = { "warming_up" } }
end)

test "20 points down in a month are cooling down" (function(t)
  for _ = 1, 3 do t:page "/pricing" end
  t:track "Live Chat Conversation Started"
  t:advance "20d"
  t:expect { not_holds = { "cooling_down" } }
  t:advance "15d" -- decay, and the cut for thirty days of silence
  t:expect { points = { cooling_down = -10 } }
end)
