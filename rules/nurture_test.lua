-- Fit 40, engagement 12 by a webinar, no intent.
local ANA = { first_name = "Ana", title = "Sales Director", email = "ana@mills.example", country = "ES", company = { employees = 300 } }
local nurtured, alone = { nurture = "nurtured" }, { nurture = "alone" }

local function attend(t) t:track("Webinar Attended", { minutes = 30 }) end

test "who is in profile and curious is kept warm, until they want something" (function(t)
  t:identify(ANA)
  t:expect { stages = alone, worklists = {} }
  attend(t)
  t:expect { scores = { engagement = at_least(10), intent = below(20) }, stages = nurtured, worklists = { "nurture" } }
  t:advance "1h"
  t:track("Call Completed", { outcome = "interested" })
  t:expect { scores = { intent = between(20, 29) }, stages = nurtured }
  t:advance "1h"
  t:track "Demo Requested"
  t:expect { stage = "mql", stages = alone, worklists = { "hot" } }
end)

test "who stays in the stage but wants something is left alone" (function(t)
  t:identify { email = "ana@mills.example", country = "ES", title = "Sales Director" }
  attend(t)
  t:expect { stages = nurtured }
  t:advance "1h"
  t:track "Demo Requested"
  t:expect { stage = "lead", scores = { intent = at_least(30) }, stages = alone }
end)

test "out of profile, without an address, or busy with buying: nobody is kept warm" (function(t)
  t:identify { first_name = "Ana", email = "ana@gmail.com", title = "Student" }
  attend(t)
  t:expect { scores = { fit = below(20) }, stages = alone }
end)

test "without an address nothing can be sent" (function(t)
  t:identify { first_name = "Ana", title = "Sales Director", country = "ES", company = { employees = 300 } }
  attend(t)
  t:expect { scores = { fit = at_least(20) }, stages = alone }
end)

test "three silent months are enough, and a month must pass before it begins again" (function(t)
  t:identify(ANA)
  attend(t)
  t:advance "89d"
  t:expect { stages = nurtured }
  t:advance "1d"
  t:expect { stages = alone, worklists = {} }
end)

for name, properties in pairs { Unsubscribed = {}, ["Email Marked as Spam"] = {}, ["Email Bounced"] = { type = "hard" } } do
  test("who does not want to hear from us, or cannot, is left alone: " .. name)(function(t)
    t:identify(ANA)
    attend(t)
    t:advance "1h"
    t:track(name, properties)
    t:expect { stages = alone }
    t:advance "40d"
    attend(t)
    attend(t)
    t:expect { stages = alone }
  end)
end

test "it begins again after a month, and not before" (function(t)
  t:identify(ANA)
  attend(t)
  t:advance "1d"
  t:track "Demo Requested"
  t:expect { stage = "mql", stages = alone }
  t:act("log_call", { by = "sales", outcome = "connect" })
  t:act("recycle", { by = "sales", reason = "no_budget" })
  t:at "2024-01-31T08:59:59Z"
  attend(t)
  t:expect { stage = "recycled", stages = alone }
  t:advance "1s"
  t:page "/blog/a"
  t:expect { stages = nurtured }
end)

test "ten points of engagement are enough, eight are not" (function(t)
  t:identify(ANA)
  t:track("Webinar Registered", { webinar_id = "w" })
  t:track "Webinar Question Asked"
  t:expect { scores = { engagement = 8 }, stages = alone }
  t:track "Newsletter Subscribed"
  t:expect { scores = { engagement = 10 }, stages = nurtured }
end)

test "who wants something already is not begun with" (function(t)
  t:identify(ANA)
  t:track("Call Completed", { outcome = "interested" })
  t:advance "8d"
  attend(t)
  t:expect { scores = { intent = between(20, 22) }, stages = alone }
end)

test "thirty points of intent end it" (function(t)
  t:identify { email = "ana@mills.example", country = "ES", title = "Sales Director" }
  attend(t)
  t:advance "1h"
  t:track("Form Submitted", { form = "contact_sales" })
  t:expect { stage = "lead", scores = { intent = 30 }, stages = alone }
end)
