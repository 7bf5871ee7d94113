-- Lets days pass without a silence, which would cut what is held.
local function days(t, count)
  for _ = 1, count do
    t:advance "1d"
    t:track "Search Performed"
  end
end

test "twenty minutes make an attendance" (function(t)
  t:track("Webinar Attended", { webinar_id = "w1", minutes = 19 })
  t:expect { not_holds = { "webinar_attended" } }
  t:track("Webinar Attended", { webinar_id = "w1", minutes = 20 })
  t:expect { points = { webinar_attended = 12 } }
  for _ = 1, 5 do t:track("Webinar Attended", { webinar_id = "w2", minutes = 60 }) end
  t:expect { points = { webinar_attended = 36 } }
  days(t, 30)
  t:expect { points = { webinar_attended = 18 } }
end)

test "who signed up and came has not stayed away" (function(t)
  t:track("Webinar Registered", { webinar_id = "w1" })
  t:advance "1d"
  t:track("Webinar Attended", { webinar_id = "w1", minutes = 40 })
  t:advance "5d"
  t:expect { holds = { "webinar_signup", "webinar_attended" }, not_holds = { "no_show" } }
end)

test "a no-show shows at its deadline, not before" (function(t)
  t:track("Webinar Registered", { webinar_id = "w1" })
  t:advance "1d23h59m"
  t:expect { not_holds = { "no_show" } }
  t:advance "1m"
  t:expect { points = { no_show = -5 } }
  days(t, 90)
  t:expect { points = { no_show = -2.5 } }
end)

test "another webinar's attendance does not help" (function(t)
  t:track("Webinar Registered", { webinar_id = "w1" })
  t:track("Webinar Attended", { webinar_id = "w2", minutes = 40 })
  t:advance "2d"
  t:expect { holds = { "no_show" } }
end)

test "questions count twice a month" (function(t)
  for _ = 1, 3 do t:track "Webinar Question Asked" end
  t:expect { points = { webinar_question = 10 } }
end)
