-- What changes when SAL asks for time and authority and SQL is a matter of intent.
local ANA = {
  first_name = "Ana", last_name = "Ruiz", title = "Sales Director", email = "ana@mills.example", country = "ES",
  company = { name = "Mills", employees = 300, industry = "Manufacturing" },
}

local function accept(more)
  local fields = { by = "sales", meets_mql = true, can_talk = true, plausible = true, note = "Has a deadline" }
  for key, value in pairs(more) do fields[key] = value end
  return fields
end

local function accepted(t)
  t:identify(ANA)
  t:track "Demo Requested"
  t:act("accept", accept { authority = "decides", timeline = "2024-05-01" })
  t:expect { stage = "sal", traits = { authority = "decides", timeline = "2024-05-01" } }
end

test "the three checks alone are not enough" (function(t)
  t:identify(ANA)
  t:track "Demo Requested"
  t:refused("accept", accept {}, "missing_fields")
  t:refused("accept", accept { authority = "decides" }, "missing_fields")
  t:refused("accept", accept { authority = "none", timeline = "2024-05-01" }, "bad_field")
  t:refused("accept", accept { authority = "decides", timeline = "2026-05-01" }, "bad_field")
end)

test "a strong intent needs no talk, a talk alone is no intent" (function(t)
  accepted(t)
  t:act("log_meeting", { by = "sales" })
  t:act("consent", { by = "sales" })
  t:refused("qualify", { by = "sales", need = "Loses a day a week" }, "policy_failed")
  t:track "Quote Requested"
  t:expect { scores = { intent = at_least(80) } }
  t:act("qualify", { by = "sales", need = "Loses a day a week" })
  t:expect { stage = "sql" }
end)

test "nobody is taken further than they agreed to" (function(t)
  accepted(t)
  t:track "Quote Requested"
  t:refused("qualify", { by = "sales", need = "Loses a day a week" }, "policy_failed")
end)
