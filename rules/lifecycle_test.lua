-- Somebody in profile, and what the gates ask for.
local ANA = {
  first_name = "Ana", last_name = "Ruiz", title = "Sales Director", email = "ana@mills.example", country = "ES",
  company = { name = "Mills", employees = 300, industry = "Manufacturing" },
}

local function without(field)
  local traits = {}
  for key, value in pairs(ANA) do
    if key ~= field then traits[key] = value end
  end
  return traits
end

test "right profile and a demonstration: the fast lane" (function(t)
  t:identify(ANA)
  t:expect { stage = "lead" }
  t:track "Demo Requested"
  t:expect { stage = "mql" }
end)

test "right profile and busy: the slow lane" (function(t)
  t:identify(ANA)
  for _ = 1, 3 do t:page "/pricing" end
  t:expect { stage = "mql", scores = { fit = at_least(30), engagement = at_least(50) } }
end)

test "the newsletter alone never makes an MQL" (function(t)
  t:identify(ANA)
  for number = 1, 200 do
    t:track "Newsletter Subscribed"
    t:page("/blog/" .. number)
    t:track "Email Link Clicked"
    t:advance "1h"
  end
  t:expect { stage = "lead", scores = { fit = at_least(70) } }
end)

test "out of profile never makes an MQL, whatever they do" (function(t)
  t:identify { first_name = "Bo", last_name = "Ek", title = "Student", email = "bo@gmail.com" }
  for _ = 1, 20 do
    t:page "/pricing"
    t:track("Content Downloaded", { gated = true })
    t:track("Webinar Attended", { minutes = 60, webinar_id = "w" })
    t:track "Demo Requested"
    t:advance "1d"
  end
  t:expect { stage = "lead", scores = { engagement = at_least(60), intent = at_least(40), fit = 0 } }
end)

test "without a name nobody is an MQL; a name that comes later counts at once" (function(t)
  t:identify(without "first_name")
  t:track "Demo Requested"
  t:expect { stage = "lead" }
  t:identify { first_name = "Ana" }
  t:expect { stage = "mql" }
end)

test "without a title nobody is an MQL; a title that comes later counts at once" (function(t)
  t:identify(without "title")
  t:track "Demo Requested"
  t:expect { stage = "lead" }
  t:identify { title = "Sales Director" }
  t:expect { stage = "mql" }
end)

test "perfect fit and silent, wrong fit and busy: different cells" (function(t)
  t:identify(ANA)
  t:expect { grade = "A4", stage = "lead" }
end)

test "wrong fit and busy" (function(t)
  t:identify { first_name = "Bo", last_name = "Ek", title = "Student", email = "bo@gmail.com" }
  for _ = 1, 3 do
    t:page "/pricing"
    t:track("Webinar Attended", { minutes = 60, webinar_id = "w" })
  end
  t:expect { grade = "D1", stage = "lead" }
end)

test "the bar itself is enough" (function(t)
  t:identify(ANA)
  t:track("Call Completed", { outcome = "interested" }) -- 25
  t:expect { stage = "lead" }
  t:page "/product/vs-rival"
  t:page "/compare"
  t:expect { stage = "mql", scores = { intent = at_least(40) } }
end)

test "cooling down takes thirty days in the stage and low scores, and the way back up is not at the same bar" (function(t)
  t:identify(ANA)
  t:track "Demo Requested"
  t:expect { stage = "mql" }
  t:advance "30d" -- intent is 20 still: not below 20
  t:expect { stage = "mql" }
  t:advance "1d"
  t:expect { stage = "lead" }
  t:advance "30d"
  t:expect { stage = "lead" }
end)

test "who cooled down can come back by asking again" (function(t)
  t:identify(ANA)
  t:track "Demo Requested"
  t:advance "31d"
  t:expect { stage = "lead" }
  t:track "Demo Requested"
  t:expect { stage = "mql" }
end)

test "asking us to stop does not undo a stage at once" (function(t)
  t:identify(ANA)
  t:track "Demo Requested"
  t:track "Unsubscribed"
  t:expect { stage = "mql", scores = { engagement = 0, intent = 0 } }
end)

test "anonymous at first, known later: what they did before counts" (function(t)
  t:event { type = "page", anonymousId = "a-1", properties = { path = "/pricing" } }
  t:advance "1h"
  t:event { type = "identify", anonymousId = "a-1", traits = ANA }
  t:track "Demo Requested"
  t:expect { stage = "mql", holds = { "pricing_page", "decider_at_prices" } }
end)

test "an event that comes late counts from when it happened" (function(t)
  t:identify(ANA)
  t:advance "20d"
  t:track "Demo Requested"
  t:event { type = "page", properties = { path = "/pricing" }, timestamp = "2024-01-10T09:00:00Z" }
  t:event { type = "page", properties = { path = "/pricing" }, timestamp = "2024-01-12T09:00:00Z" }
  t:expect { holds = { "pricing_twice", "hot_sequence" } }
end)
