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

test "exactly 25 points are warming up, 23 are not" (function(t)
  t:advance "10d"
  t:track "Call Received"
  t:track "Live Chat Conversation Started"
  t:expect { scores = { engagement = 23 }, not_holds = { "warming_up" } }
end)

test "25 points in a week, whenever in the week" (function(t)
  t:advance "10d"
  t:track "Call Received"
  t:track "Email Replied"
  t:expect { scores = { engagement = 25 }, points = { warming_up = 10 } }
end)

test "warming up lasts a week" (function(t)
  t:advance "10d"
  t:track "Trial Started" -- 20 that stay for two weeks
  t:track "Feature Used"
  for _ = 1, 3 do
    t:event { type = "page", properties = { path = "/" }, context = { campaign = { medium = "cpc" } } }
  end
  t:advance "6d"
  t:expect { holds = { "warming_up" } }
  t:advance "1d"
  t:expect { not_holds = { "warming_up" } }
end)

-- Points at the end of a day, all gone a second later: how much was lost is known to the point.
local function lose(t, name)
  t:page "/"
  t:at "2024-01-05T23:59:59.999Z"
  t:track "Unsubscribed"
  t:track "Call Received"
  t:track(name)
  t:at "2024-01-06T00:00:01Z"
  t:track "Unsubscribed"
end

test "exactly 20 points lost within a month are cooling down, on the thirtieth day" (function(t)
  lose(t, "Webinar Question Asked")
  t:at "2024-02-01T12:00:00Z"
  t:expect { not_holds = { "cooling_down" } }
  t:at "2024-02-04T12:00:00Z"
  t:expect { points = { cooling_down = -10 } }
end)

test "18 points lost are not" (function(t)
  lose(t, "Chat Question Answered")
  t:at "2024-02-04T12:00:00Z"
  t:expect { not_holds = { "cooling_down" } }
end)
