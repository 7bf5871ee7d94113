local ANA = {
  first_name = "Ana", last_name = "Ruiz", title = "Sales Director", email = "ana@mills.example", country = "ES",
  company = { name = "Mills", employees = 300, industry = "Manufacturing" },
}

-- 2024-01-01 is a holiday; the first working hour begins on 2 January at 8:00 UTC.
test "who asked to talk is called within the working hour" (function(t)
  t:identify(ANA)
  t:track "Demo Requested"
  t:expect { worklists = { "hot" }, clocks = { first_touch = "open", accept_or_reject = "open" } }
  t:at "2024-01-02T08:29:59Z"
  t:expect { clocks = { first_touch = "open" } }
  t:at "2024-01-02T08:30:00Z"
  t:expect { clocks = { first_touch = "warned" } }
  t:at "2024-01-02T09:00:00Z"
  t:expect { clocks = { first_touch = "breached", accept_or_reject = "open" } }
  t:track "Call Attempted"
  t:expect { clocks = { first_touch = "stopped", accept_or_reject = "open" }, worklists = { "hot" } }
end)

test "accepting ends the clocks of the stage" (function(t)
  t:identify(ANA)
  t:track "Demo Requested"
  t:at "2024-01-02T08:10:00Z"
  t:act("accept", { by = "sales", meets_mql = true, can_talk = true, plausible = true, note = "Has a deadline" })
  t:expect {
    worklists = { "working" },
    clocks = { first_touch = "stopped", accept_or_reject = "stopped", attempts = "open" },
  }
end)

test "disqualifying leaves every list and clock" (function(t)
  t:identify(ANA)
  t:track "Demo Requested"
  t:act("disqualify", { by = "sales", reason = "competitor" })
  t:expect { stage = "disqualified", worklists = {}, clocks = { first_touch = "stopped", accept_or_reject = "stopped" } }
end)

test "who asked to talk and is hardly known is not lost" (function(t)
  t:identify { email = "ana@mills.example" }
  t:track "Demo Requested"
  t:expect { stage = "lead", worklists = { "incomplete" }, clocks = { complete = "open", first_touch = missing } }
  t:advance "30d"
  t:expect { worklists = { "incomplete" }, clocks = { complete = "breached" } }
  t:identify(ANA)
  t:expect { worklists = {}, clocks = { complete = "stopped" } }
end)

test "who did not ask is nobody's to call" (function(t)
  t:identify { email = "ana@mills.example" }
  t:page "/pricing"
  t:expect { worklists = {}, clocks = { complete = missing }, owner = missing }
end)

test "the working hour ends to the second, and asking for a price is a wish too" (function(t)
  t:identify(ANA)
  t:track "Quote Requested"
  t:at "2024-01-02T08:59:59Z"
  t:expect { clocks = { first_touch = "warned" } }
  t:at "2024-01-02T09:00:00Z"
  t:expect { clocks = { first_touch = "breached" } }
end)

for what, call in pairs {
  ["a call made"] = function(t) t:track "Call Completed" end,
  ["a call logged"] = function(t) t:act("log_call", { by = "sales", outcome = "no_answer" }) end,
} do
  test(what .. " is the first touch") (function(t)
    t:identify(ANA)
    t:track "Demo Requested"
    t:at "2024-01-02T08:10:00Z"
    call(t)
    t:expect { clocks = { first_touch = "stopped", accept_or_reject = "open" } }
  end)
end

test "an MQL is warned of after one working day, and late after two" (function(t)
  t:identify(ANA)
  t:track "Demo Requested"
  t:at "2024-01-02T16:59:59Z"
  t:expect { clocks = { accept_or_reject = "open" } }
  t:at "2024-01-02T17:00:00Z"
  t:expect { clocks = { accept_or_reject = "warned" } }
  t:at "2024-01-03T16:59:59Z"
  t:expect { clocks = { accept_or_reject = "warned" } }
  t:at "2024-01-03T17:00:00Z"
  t:expect { clocks = { accept_or_reject = "breached" } }
end)

test "who cannot be called is looked up within four working hours" (function(t)
  t:identify { email = "ana@mills.example" }
  t:track "Quote Requested"
  t:at "2024-01-02T11:59:59Z"
  t:expect { clocks = { complete = "open" } }
  t:at "2024-01-02T12:00:00Z"
  t:expect { clocks = { complete = "breached" } }
end)

-- Complete, and not complete any more.
local function comes_and_goes(t, wish_age)
  t:identify { email = "ana@mills.example", first_name = "Ana", title = "Buyer" }
  t:track "Demo Requested"
  t:expect { stages = { intake = "nothing_owed" } }
  t:advance(wish_age)
  t:identify { first_name = missing }
end

test "a wish is owed for two weeks" (function(t)
  comes_and_goes(t, "13d23h59m")
  t:expect { stages = { intake = "incomplete" } }
end)

test "and not longer" (function(t)
  comes_and_goes(t, "14d")
  t:expect { stages = { intake = "nothing_owed" } }
end)

test "the same wish is owed once a day" (function(t)
  t:identify { email = "ana@mills.example", title = "Buyer" }
  t:track "Demo Requested"
  t:expect { stages = { intake = "incomplete" } }
  t:advance "1h"
  t:identify { first_name = "Ana" }
  t:expect { stages = { intake = "nothing_owed" } }
  t:advance "1h"
  t:identify { first_name = missing }
  t:advance "21h59m"
  t:expect { stages = { intake = "nothing_owed" } }
  t:advance "1m"
  t:expect { stages = { intake = "incomplete" } }
end)

test "the sixth attempt ends the attempts" (function(t)
  t:identify(ANA)
  t:act("claim", { by = "sales" })
  t:advance "1h"
  for _ = 1, 2 do t:track "Call Attempted" end
  t:act("log_call", { by = "sales", outcome = "no_answer" })
  for _ = 1, 2 do t:track "Call Completed" end
  t:expect { clocks = { attempts = "open" } }
  t:act("log_meeting", { by = "sales" })
  t:expect { clocks = { attempts = "stopped" } }
end)

-- Three weeks of 42 hours. The first has a holiday on its Monday, so they end with the fourth Monday, at 17:00 UTC.
test "six attempts are due within 126 working hours" (function(t)
  t:identify(ANA)
  t:act("claim", { by = "sales" })
  t:expect { clocks = { attempts = "open" } }
  t:at "2024-01-22T16:59:59Z"
  t:expect { clocks = { attempts = "open" } }
  t:at "2024-01-22T17:00:00Z"
  t:expect { clocks = { attempts = "breached" } }
end)

test "who was sent back is on the list of those who may come again" (function(t)
  t:identify(ANA)
  t:track "Demo Requested"
  t:act("log_call", { by = "sales", outcome = "connect" })
  t:act("recycle", { by = "sales", reason = "no_time" })
  t:expect { stage = "recycled", worklists = { "recycle" }, clocks = { first_touch = "stopped" } }
end)

test "who did not ask to talk is nobody's to call within the hour" (function(t)
  t:identify(ANA)
  t:track("Form Submitted", { form = "contact_sales" })
  t:track("Call Completed", { outcome = "interested" })
  t:expect { stage = "mql", clocks = { first_touch = missing, accept_or_reject = "open" } }
end)

test "who asked to talk within the last two weeks is called within the hour" (function(t)
  t:identify { email = "ana@mills.example" }
  t:track "Demo Requested"
  t:advance "13d12h"
  t:identify(ANA)
  t:expect { stage = "mql", clocks = { first_touch = "open" } }
end)

test "who asked to talk longer ago is called as any other" (function(t)
  t:identify { email = "ana@mills.example" }
  t:track "Demo Requested"
  t:advance "14d12h"
  t:track("Form Submitted", { form = "contact_sales" })
  t:identify(ANA)
  t:expect { stage = "mql", clocks = { first_touch = missing, accept_or_reject = "open" } }
end)
