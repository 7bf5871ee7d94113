-- What people do, from a hand-off to a customer or out.
local ANA = {
  first_name = "Ana", last_name = "Ruiz", title = "Sales Director", email = "ana@mills.example", country = "ES",
  company = { name = "Mills", employees = 300, industry = "Manufacturing" },
}

local function hot(t)
  t:identify(ANA)
  t:track "Demo Requested"
  t:expect { stage = "mql" }
end

local CHECKED = { by = "sales", meets_mql = true, can_talk = true, plausible = true, note = "Has a deadline" }

local function accepted(t)
  hot(t)
  t:act("accept", CHECKED)
  t:expect { stage = "sal" }
end

local function qualified(t)
  accepted(t)
  t:act("log_call", { by = "sales", outcome = "connect" })
  t:act("consent", { by = "sales" })
  t:act("qualify", { by = "sales", need = "Loses a day a week" })
  t:expect { stage = "sql", traits = { need = "Loses a day a week" } }
end

local DEAL = { by = "sales", solution = "Two lines", next_step = "Trial", amount = 20000, close_date = "2024-03-01" }

local function opened(t)
  qualified(t)
  t:act("open", DEAL)
  t:expect { stage = "opportunity", traits = { amount = 20000 } }
end

test "accepting takes the three checks, or a reason to do without" (function(t)
  hot(t)
  t:refused("accept", { by = "sales", meets_mql = true, can_talk = true, note = "x" }, "missing_fields")
  t:refused("accept", { by = "sales", meets_mql = true, can_talk = false, plausible = true, note = "x" }, "bad_field")
  t:refused("accept", { by = "marketing", meets_mql = true, can_talk = true, plausible = true, note = "x" },
    "role_not_allowed")
  t:act("accept", { by = "sales", override = "An old customer's friend" })
  t:expect { stage = "sal" }
end)

test "accepting takes something that was not known" (function(t)
  hot(t)
  t:identify { phone = "+34600000000" }
  t:refused("accept", { by = "sales", meets_mql = true, can_talk = true, plausible = true }, "nothing_new")
  t:refused("accept",
    { by = "sales", meets_mql = true, can_talk = true, plausible = true, phone = "+34600000000" }, "nothing_new")
  t:act("accept", { by = "sales", meets_mql = true, can_talk = true, plausible = true, phone = "+34611111111" })
  t:expect { stage = "sal", traits = { phone = "+34611111111" } }
end)

test "sales may claim who is no MQL, once" (function(t)
  t:identify { email = "ana@mills.example" }
  t:refused("accept", CHECKED, "undeclared_move")
  t:refused("claim", { by = "marketing" }, "role_not_allowed")
  t:act("claim", { by = "sales" })
  t:expect { stage = "sal" }
  t:refused("claim", { by = "sales" }, "already_there")
end)

test "a rejection has a reason and stands for its time" (function(t)
  hot(t)
  t:refused("reject", { by = "sales" }, "missing_reason")
  t:refused("reject", { by = "sales", reason = "ugly" }, "unknown_reason")
  t:act("reject", { by = "sales", reason = "implausible" })
  t:expect { stage = "lead" }
  t:advance "40d"
  t:track "Demo Requested"
  t:expect { stage = "lead" }
  t:advance "50d"
  t:track "Demo Requested"
  t:expect { stage = "mql" }
end)

test "qualifying takes a talk of this cycle and their consent" (function(t)
  accepted(t)
  t:refused("qualify", { by = "sales", need = "x" }, "policy_failed")
  t:act("log_call", { by = "sales", outcome = "voicemail" })
  t:act("consent", { by = "sales" })
  t:refused("qualify", { by = "sales", need = "x" }, "policy_failed")
  t:act("log_meeting", { by = "sales" })
  t:refused("qualify", { by = "sales" }, "missing_fields")
  t:act("qualify", { by = "sales", need = "Loses a day a week" })
  t:expect { stage = "sql" }
end)

test "an opportunity has a number, a solution, a next step and a date" (function(t)
  qualified(t)
  for _, field in ipairs { "solution", "next_step", "amount", "close_date" } do
    local deal = {}
    for key, value in pairs(DEAL) do deal[key] = value end
    deal[field] = nil
    t:refused("open", deal, "missing_fields")
  end
  t:act("open", {
    by = "sales", solution = "Two lines", next_step = "Trial", metric = "8 h a week", close_date = "2024-03-01",
  })
  t:expect { stage = "opportunity" }
end)

test "won" (function(t)
  opened(t)
  t:refused("win", { by = "sales" }, "missing_fields")
  t:act("win", { by = "sales", amount = 18000 })
  t:expect { stage = "customer", traits = { amount = 18000 } }
end)

test "won, as the CRM says" (function(t)
  opened(t)
  t:track "Deal Won"
  t:expect { stage = "customer" }
end)

test "lost for a reason, until its time is over" (function(t)
  opened(t)
  t:act("lose", { by = "sales", reason = "timing" })
  t:expect { stage = "lost" }
  t:advance "89d"
  t:expect { stage = "lost" }
  t:advance "1d"
  t:expect { stage = "lead" }
end)

test "who was lost begins again before that only for a reason" (function(t)
  opened(t)
  t:act("lose", { by = "sales", reason = "price" })
  t:refused("reopen", { by = "sales" }, "verdict_stands")
  t:act("reopen", { by = "sales", override = "New prices" })
  t:expect { stage = "lead" }
end)

-- Accepted, and somebody has answered the phone.
local function talked(t)
  accepted(t)
  t:act("log_call", { by = "sales", outcome = "connect" })
end

test "recycled: points begin anew, and so does the cycle" (function(t)
  talked(t)
  t:act("recycle", { by = "sales", reason = "no_time" })
  t:expect { stage = "recycled", scores = { engagement = 0, intent = 0 } }
  t:advance "59d"
  t:expect { stage = "recycled" }
  t:advance "1d"
  t:expect { stage = "lead" }
end)

test "who comes back by themselves needs no waiting" (function(t)
  talked(t)
  t:act("recycle", { by = "sales", reason = "no_budget" })
  t:advance "31d"
  t:track "Demo Requested"
  t:expect { stage = "mql" }
end)

test "a recycled lead begins again when somebody says why" (function(t)
  talked(t)
  t:act("recycle", { by = "sales", reason = "no_budget" })
  t:act("reopen", { by = "marketing", override = "The budget is there" })
  t:expect { stage = "lead" }
end)

test "three rounds, not four" (function(t)
  t:identify(ANA)
  for _ = 1, 3 do
    t:act("claim", { by = "sales" })
    t:act("log_call", { by = "sales", outcome = "connect" })
    t:act("recycle", { by = "sales", reason = "no_time" })
    t:advance "60d"
    t:expect { stage = "lead" }
  end
  t:act("claim", { by = "sales" })
  t:act("log_call", { by = "sales", outcome = "connect" })
  t:refused("recycle", { by = "sales", reason = "no_time" }, "policy_failed")
end)

test "nobody is given up before six attempts, however they were made" (function(t)
  accepted(t)
  for _ = 1, 3 do t:act("log_call", { by = "sales", outcome = "no_answer" }) end
  t:track "Call Attempted"
  t:track "Call Completed"
  t:refused("give_up", { by = "sales", reason = "no_answer" }, "gate_closed")
  t:act("log_call", { by = "sales", outcome = "voicemail" })
  t:act("give_up", { by = "sales", reason = "no_answer" })
  t:expect { stage = "recycled" }
end)

test "attempts of the cycle before do not count" (function(t)
  accepted(t)
  for _ = 1, 6 do t:act("log_call", { by = "sales", outcome = "no_answer" }) end
  t:act("give_up", { by = "sales", reason = "no_answer" })
  t:advance "30d"
  t:expect { stage = "lead" }
  t:act("claim", { by = "sales" })
  t:refused("give_up", { by = "sales", reason = "no_answer" }, "gate_closed")
end)

test "three rounds without an answer, not four" (function(t)
  t:identify(ANA)
  for round = 1, 4 do
    t:act("claim", { by = "sales" })
    for _ = 1, 6 do t:act("log_call", { by = "sales", outcome = "no_answer" }) end
    if round == 4 then break end
    t:act("give_up", { by = "sales", reason = "no_answer" })
    t:advance "30d"
    t:expect { stage = "lead" }
  end
  t:refused("give_up", { by = "sales", reason = "no_answer" }, "policy_failed")
end)

test "who was talked with needs no six attempts, and who was not needs them for every reason" (function(t)
  accepted(t)
  t:refused("recycle", { by = "sales", reason = "no_time" }, "gate_closed")
  t:act("log_meeting", { by = "sales" })
  t:act("recycle", { by = "sales", reason = "no_time" })
  t:expect { stage = "recycled" }
end)


test "a competitor is out for ever" (function(t)
  hot(t)
  t:act("disqualify", { by = "marketing", reason = "competitor" })
  t:expect { stage = "disqualified" }
  t:track "Demo Requested"
  t:advance "3000d"
  t:track "Demo Requested"
  t:expect { stage = "disqualified" }
  t:refused("reopen", { by = "sales" }, "verdict_stands")
  t:refused("disqualify", { by = "sales", reason = "competitor" }, "already_there")
end)

test "no need: for half a year" (function(t)
  hot(t)
  t:act("disqualify", { by = "sales", reason = "no_need" })
  t:advance "179d"
  t:expect { stage = "disqualified" }
  t:advance "1d"
  t:expect { stage = "lead" }
end)

test "too small, until they have grown" (function(t)
  t:identify { email = "ana@mills.example", company = { employees = 5 } }
  t:act("disqualify", { by = "marketing", reason = "too_small" })
  t:advance "1d"
  t:identify { company = { employees = 49 } }
  t:expect { stage = "disqualified" }
  t:identify { company = { employees = 50 } }
  t:expect { stage = "lead" }
end)

test "somebody else's verdict is reopened for a reason" (function(t)
  t:identify { email = "ana@mills.example" }
  t:act("disqualify", { by = "sales", reason = "out_of_profile" })
  t:act("reopen", { by = "marketing", override = "It was another Ana" })
  t:expect { stage = "lead" }
end)

test "a technical question is none of the funnel's, and may become an interest" (function(t)
  t:identify { email = "ana@mills.example" }
  t:track "Support Requested"
  t:expect { stage = "assistance" }
  t:act("promote", { by = "sales" })
  t:expect { stage = "lead" }
  t:act("assist", { by = "marketing" })
  t:expect { stage = "assistance" }
end)

test "who was promoted is not sent back at the next question, but a month later" (function(t)
  t:identify { email = "ana@mills.example" }
  t:track "Support Requested"
  t:act("promote", { by = "sales" })
  t:advance "1d"
  t:track "Support Requested"
  t:expect { stage = "lead" }
  t:advance "28d23h59m"
  t:expect { stage = "lead" }
  t:advance "1m"
  t:expect { stage = "assistance" }
end)

test "who asks for an offer too is no technical question" (function(t)
  hot(t)
  t:track("Form Submitted", { form = "support" })
  t:expect { stage = "mql" }
end)

test "losing and disqualifying take one of the reasons" (function(t)
  opened(t)
  t:refused("lose", { by = "sales" }, "missing_reason")
  t:refused("lose", { by = "sales", reason = "weather" }, "unknown_reason")
  t:refused("disqualify", { by = "sales" }, "missing_reason")
  t:refused("disqualify", { by = "sales", reason = "weather" }, "unknown_reason")
  t:expect { stage = "opportunity" }
end)

local function small(t)
  accepted(t)
  t:identify { company = { name = "Mills", employees = 40, industry = "Manufacturing" } }
end

-- How long a verdict stands, to the hour; then the lead begins again.
local verdicts = {
  { opened, "lose", "price", 180, "lost" },
  { opened, "lose", "competitor", 365, "lost" },
  { opened, "lose", "no_decision", 90, "lost" },
  { opened, "lose", "timing", 90, "lost" },
  { talked, "recycle", "no_budget", 90, "recycled" },
  { talked, "recycle", "no_time", 60, "recycled" },
  { accepted, "disqualify", "out_of_profile", 365, "disqualified" },
  { small, "disqualify", "too_small", 365, "disqualified" },
}
for _, row in ipairs(verdicts) do
  local begin, act, reason, days, stage = row[1], row[2], row[3], row[4], row[5]
  test(act .. " for " .. reason .. " stands " .. days .. " days") (function(t)
    begin(t)
    t:act(act, { by = "sales", reason = reason })
    t:advance((days * 24 - 1) .. "h")
    t:expect { stage = stage }
    t:advance "1h"
    t:expect { stage = "lead" }
  end)
end

-- A rejected lead asks again; the gate lets it through when the verdict is over.
for _, row in ipairs { { "not_mql", 30 }, { "no_contact", 30 }, { "implausible", 90 }, { "duplicate", 365 } } do
  test("a rejection for " .. row[1] .. " stands " .. row[2] .. " days") (function(t)
    hot(t)
    t:act("reject", { by = "sales", reason = row[1] })
    t:advance((row[2] * 24 - 1) .. "h")
    t:track "Demo Requested"
    t:expect { stage = "lead" }
    t:advance "1h"
    t:track "Demo Requested"
    t:expect { stage = "mql" }
  end)
end

test "nobody is given up before six calls of this cycle, and then their points begin anew" (function(t)
  accepted(t)
  for _ = 1, 5 do t:act("log_call", { by = "sales", outcome = "no_answer" }) end
  t:refused("give_up", { by = "sales", reason = "no_answer" }, "gate_closed")
  t:act("log_call", { by = "sales", outcome = "no_answer" })
  t:act("give_up", { by = "sales", reason = "no_answer" })
  t:expect { stage = "recycled", scores = { engagement = 0, intent = 0 } }
  t:advance "719h"
  t:expect { stage = "recycled" }
  t:advance "1h"
  t:expect { stage = "lead" }
end)

test "a deal closes within two years" (function(t)
  qualified(t)
  t:refused("open", { by = "sales", solution = "Two lines", next_step = "Trial", amount = 1, close_date = "2025-12-31T09:00:01Z" },
    "bad_field")
  t:act("open", { by = "sales", solution = "Two lines", next_step = "Trial", amount = 1, close_date = "2025-12-31T08:59:59Z" })
  t:expect { stage = "opportunity" }
end)

test "an amount is not negative, and may be nothing" (function(t)
  opened(t)
  t:refused("win", { by = "sales", amount = -0.5 }, "bad_field")
  t:act("win", { by = "sales", amount = 0 })
  t:expect { stage = "customer" }
end)

test "who was rejected can turn out to be nobody for us" (function(t)
  t:identify {
    first_name = "Ana", title = "Sales Director", email = "ana@mills.example", country = "ES", company = { employees = 300 },
  }
  t:track "Demo Requested"
  t:act("reject", { by = "sales", reason = "not_mql" })
  t:refused("claim", { by = "sales" }, "verdict_stands")
  t:act("disqualify", { by = "sales", reason = "competitor" })
  t:expect { stage = "disqualified" }
end)

test "nobody is accepted who is not what marketing says" (function(t)
  hot(t)
  t:refused("accept", { by = "sales", can_talk = true, plausible = true, note = "Has a deadline" }, "missing_fields")
  t:expect { stage = "mql" }
end)

test "a form for help is a technical question, too" (function(t)
  t:identify { email = "ana@mills.example" }
  t:track("Form Submitted", { form = "support" })
  t:expect { stage = "assistance" }
end)

test "who asked for a price is no technical question" (function(t)
  t:identify { email = "ana@mills.example" }
  t:track "Quote Requested"
  t:track "Support Requested"
  t:expect { stage = "lead" }
end)
