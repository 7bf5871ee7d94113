local PLAIN = { age = 40, job = "services", education = "secondary", balance = 200, housing = "no", loan = "no",
  contact = "cellular", month = "jul", campaign = 1, pdays = -1, poutcome = "unknown" }

local function with(changes)
  local traits = {}
  for key, value in pairs(PLAIN) do traits[key] = value end
  for key, value in pairs(changes) do traits[key] = value end
  return traits
end

test "nothing special" (function(t)
  t:identify(PLAIN)
  t:expect { scores = { readiness = 5 }, stage = "called" }
end)

test "said yes before, called in March" (function(t)
  t:identify(with { poutcome = "success", pdays = 90, month = "mar" })
  t:expect { scores = { readiness = 65 }, not_holds = { "recent" } }
end)

test "numbers may come as text, as they do from CSV files" (function(t)
  t:identify(with { age = "61", balance = "-20", campaign = "6" })
  t:expect { scores = { readiness = 0 }, holds = { "age", "balance", "tired" } } -- 5 + 8 - 5 - 8
end)

test "the length of the call changes nothing" (function(t)
  t:identify(with { duration = 1200 })
  t:expect { scores = { readiness = 5 } }
end)

test "yes makes a customer" (function(t)
  t:identify(with { y = "yes" })
  t:expect { stage = "customer", scores = { readiness = 5 } }
end)
