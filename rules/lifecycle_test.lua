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

-- Fit to the point.
local FIT_18 = { first_name = "Ana", title = "Sales Specialist", email = "ana@mills.example" }
local FIT_20 = { first_name = "Ana", title = "CEO" }
local FIT_27 = { first_name = "Ana", title = "Marketing Manager", email = "ana@mills.example" }
local FIT_30 = { first_name = "Ana", title = "CEO", email = "ana@mills.example" }

local function wrote_and_compared(t)
  t:track("Form Submitted", { form = "contact_sales" }) -- 30
  t:page "/compare" -- 10
end

test "the bars of the slow lane are enough" (function(t)
  t:identify(FIT_30)
  wrote_and_compared(t)
  t:expect { stage = "mql", scores = { fit = 30, intent = 40 }, why = { "Right profile, and busy with us or about to buy" } }
end)

test "a fit below the slow lane's bar is not" (function(t)
  t:identify(FIT_27)
  wrote_and_compared(t)
  t:expect { stage = "lead", scores = { fit = 27, intent = 40 }, why_not = { "fit is 27: 3 more" } }
end)

test "an intent below it is not" (function(t)
  t:identify(FIT_30)
  t:track("Form Submitted", { form = "contact_sales" })
  t:advance "3d"
  t:page "/compare"
  t:expect { stage = "lead", scores = { fit = 30, intent = 38 }, why_not = { "intent is 38: 2 more" } }
end)

test "an engagement below it is not" (function(t)
  t:identify(FIT_30)
  t:page "/pricing"
  t:page "/pricing"
  t:track "Live Chat Conversation Started"
  t:track "Email Link Clicked"
  t:expect { stage = "lead", scores = { fit = 30, engagement = 45, intent = 35 }, why_not = { "engagement is 45: 5 more" } }
end)

test "the fast lane takes whoever is barely in profile" (function(t)
  t:identify(FIT_20)
  t:track "Demo Requested"
  t:expect { stage = "mql", scores = { fit = 20 }, why = { "Asked to talk: the fast lane" } }
end)

test "asking for a price is the fast lane too" (function(t)
  t:identify(FIT_20)
  t:track "Quote Requested"
  t:expect { stage = "mql" }
end)

test "the fast lane is closed to who is not" (function(t)
  t:identify(FIT_18)
  t:track "Demo Requested"
  t:expect { stage = "lead", scores = { fit = 18 }, why_not = { "Asked to talk: the fast lane", "in_profile", "fit is 18: 2 more" } }
end)

test "the fast lane needs an intent of 20, which a setback may leave" (function(t)
  t:identify(FIT_20)
  t:track "Demo Cancelled"
  t:track "Demo Requested"
  t:expect { stage = "mql", scores = { intent = 20 } }
end)

test "an intent of 19 is too little for the fast lane" (function(t)
  t:identify { title = "CEO", last_name = "Ruiz" }
  t:track "Demo Cancelled"
  t:track "Demo Requested"
  t:expect { stage = "lead", why_not = { "name_and_title", "not negotiable" } }
  t:advance "3d"
  t:identify { first_name = "Ana" }
  t:expect { stage = "lead", scores = { fit = 25, intent = 19 } }
end)

test "the fast lane is open for two weeks" (function(t)
  t:identify { title = "CEO" }
  t:track "Demo Requested"
  t:advance "13d23h59m"
  t:identify { first_name = "Ana" }
  t:expect { stage = "mql" }
end)

test "and not longer" (function(t)
  t:identify { title = "CEO" }
  t:track "Demo Requested"
  t:advance "14d"
  t:identify { first_name = "Ana" }
  t:expect { stage = "lead" }
end)

test "the slow lane can be taken again after thirty days" (function(t)
  t:identify(FIT_30)
  wrote_and_compared(t)
  t:expect { stage = "mql" }
  t:advance "30d"
  t:expect { stage = "lead" }
  t:advance "1h"
  wrote_and_compared(t)
  t:expect { stage = "mql", scores = { intent = at_least(40) } }
end)

test "the fast lane can be taken again after thirty days" (function(t)
  t:identify(FIT_20)
  t:track "Demo Requested"
  t:advance "31d"
  t:expect { stage = "lead" }
  t:track "Demo Requested"
  t:expect { stage = "mql" }
end)

test "a wish of an earlier cycle is not asked twice" (function(t)
  t:identify(FIT_20)
  t:track "Demo Requested"
  t:advance "20d"
  t:track "Demo Requested" -- a second wish, of the same cycle
  t:track "Demo Cancelled"
  t:track("Call Completed", { outcome = "not_now" })
  t:advance "10d"
  t:expect { stage = "lead" }
  t:track("Form Submitted", { form = "contact_sales" })
  t:expect { stage = "lead", scores = { intent = at_least(20) } }
end)

test "cooling down takes thirty days in the stage, to the minute" (function(t)
  t:identify(FIT_30)
  wrote_and_compared(t)
  t:advance "1d"
  t:track "Unsubscribed"
  t:advance "28d23h59m"
  t:expect { stage = "mql", scores = { engagement = below(30), intent = 0 } }
  t:advance "1m"
  t:expect { stage = "lead" }
end)

test "an engagement of 30 is not cool" (function(t)
  t:event { type = "page", properties = { path = "/" }, context = { campaign = { source = "referral" } } } -- 10 for good
  t:identify(FIT_30)
  wrote_and_compared(t)
  t:expect { stage = "mql" }
  t:advance "29d"
  t:track "Unsubscribed"
  t:track "Trial Started" -- 20, undiminished for two weeks
  t:advance "1d"
  t:expect { stage = "mql", scores = { engagement = 30, intent = 0 } }
end)

-- What people do, whatever the policies say.
local function act(t, name, by)
  t:act(name, { by = by or "sales", reason = name == "recycle" and "no_budget" or nil, override = "for this test" })
end

test "a deal that the CRM calls won makes a customer" (function(t)
  t:identify(FIT_30)
  act(t, "claim")
  act(t, "qualify")
  act(t, "open")
  t:expect { stage = "opportunity", why_not = { "Won, says the CRM" } }
  t:advance "1d"
  t:track "Deal Won"
  t:expect { stage = "customer" }
end)

test "a deal won before they began again is another deal" (function(t)
  t:identify(FIT_30)
  act(t, "claim")
  t:track "Deal Won"
  act(t, "recycle")
  t:advance "1d"
  act(t, "reopen", "marketing")
  t:advance "1d"
  act(t, "claim")
  act(t, "qualify")
  act(t, "open")
  t:expect { stage = "opportunity" }
end)

test "who was put off comes back by themselves after thirty days, to the minute" (function(t)
  t:identify(FIT_30)
  act(t, "claim")
  act(t, "recycle")
  t:advance "28d"
  wrote_and_compared(t)
  t:advance "1d23h59m"
  t:expect { stage = "recycled", scores = { intent = above(30) } }
  t:advance "1m"
  t:expect { stage = "lead" }
end)

test "an intent of 30 brings them back" (function(t)
  t:identify(FIT_30)
  act(t, "claim")
  act(t, "recycle")
  t:advance "31d"
  t:track("Form Submitted", { form = "contact_sales" })
  t:expect { stage = "lead", scores = { intent = 30 } }
end)

test "an intent below 30 does not" (function(t)
  t:identify(FIT_30)
  act(t, "claim")
  act(t, "recycle")
  t:advance "29d"
  t:track("Form Submitted", { form = "contact_sales" })
  t:advance "2d"
  t:expect { stage = "recycled", scores = { intent = between(28, 29) }, why_not = { "Came back by themselves" } }
end)

-- Into mql, back at once by people, and the same signs again just before thirty days are over.
local function again(t, traits, signs)
  t:identify(traits)
  signs(t)
  t:expect { stage = "mql" }
  t:advance "1m"
  act(t, "recycle")
  act(t, "reopen", "marketing")
  t:advance "29d"
  signs(t)
  t:advance "23h58m"
  t:expect { stage = "lead", why_not = { "it fired lately" } }
  t:advance "1m"
  t:expect { stage = "mql" }
end

test "the slow lane is closed for thirty days, whatever people do" (function(t)
  again(t, FIT_30, function()
    t:track("Form Submitted", { form = "contact_sales" })
    t:page "/compare/a"
    t:page "/compare/b"
  end)
end)

test "the fast lane is closed for thirty days, whatever people do" (function(t)
  again(t, FIT_20, function() t:track "Demo Requested" end)
end)

test "a wish of the cycle before does not open the fast lane" (function(t)
  t:identify(FIT_30)
  t:track "Demo Requested" -- by the slow lane
  t:expect { stage = "mql" }
  t:advance "1d"
  act(t, "recycle")
  act(t, "reopen", "marketing")
  t:advance "1h"
  t:track("Form Submitted", { form = "contact_sales" })
  t:expect { stage = "lead", scores = { intent = 30 } }
end)
