local function answer(t, criterion, value)
  t:act("answer", { by = "sales", actor = "maria", framework = "spiced", criterion = criterion, value = value })
end

test "SPICED needs pain, a date and three quarters of the picture" (function(t)
  t:page "/"
  answer(t, "pain", "Nobody knows what is in stock")
  answer(t, "critical_event", "2024-09-01")
  answer(t, "impact", 20000)
  t:expect { qualified = { spiced = true }, next_question = { spiced = "decision" } }
  answer(t, "impact", "")
  t:expect { qualified = { spiced = false }, next_question = { spiced = "impact" } }
  answer(t, "situation", "Spreadsheets")
  answer(t, "decision", "Board in May")
  t:expect { qualified = { spiced = true } }
end)

test "SPICED: a date that has passed is no" (function(t)
  t:page "/"
  answer(t, "critical_event", "2024-02-01T00:00:00Z")
  t:expect { criteria = { ["spiced.critical_event"] = "met" } }
  t:at "2024-02-02T00:00:00Z"
  t:expect { criteria = { ["spiced.critical_event"] = "unmet" } }
end)

-- criterion, an answer that meets it, its weight, how long it stands
local enough = {
  { "situation", "Spreadsheets", weight = 10, days = 365 },
  { "pain", "Nobody knows", weight = 25, days = 365 },
  { "impact", 10000, weight = 25, days = 365 },
  { "critical_event", "2024-09-01", weight = 25, days = 180 },
  { "decision", "The board", weight = 15, days = 180 },
}

test "SPICED: each criterion adds its weight, and its answer expires" (function(t)
  local total = 0
  t:page "/"
  for _, row in ipairs(enough) do
    answer(t, row[1], row[2])
    total = total + row.weight
    t:expect { totals = { spiced = total }, criteria = { ["spiced." .. row[1]] = "met" } }
  end
  local hours = 0
  for _, days in ipairs { 90, 180, 365 } do
    t:advance((days * 24 - 1 - hours) .. "h")
    for _, row in ipairs(enough) do
      if row.days == days then t:expect { criteria = { ["spiced." .. row[1]] = one_of { "met", "unmet" } } } end
    end
    t:advance "1h"
    for _, row in ipairs(enough) do
      if row.days == days then t:expect { criteria = { ["spiced." .. row[1]] = "unknown" } } end
    end
    hours = days * 24
  end
end)

test "SPICED: an impact below the bar is no" (function(t)
  t:page "/"
  answer(t, "impact", 9999)
  t:expect { criteria = { ["spiced.impact"] = "unmet" } }
  answer(t, "impact", 10000)
  t:expect { criteria = { ["spiced.impact"] = "met" } }
end)

for without, others in pairs {
  pain = { "situation", "impact", "critical_event", "decision" },
  critical_event = { "situation", "pain", "impact", "decision" },
} do
  test("SPICED: three quarters of the picture without " .. without .. " are not enough")(function(t)
    t:page "/"
    for _, row in ipairs(enough) do
      if row[1] ~= without then answer(t, row[1], row[2]) end
    end
    for _, criterion in ipairs(others) do t:expect { criteria = { ["spiced." .. criterion] = "met" } } end
    t:expect { qualified = { spiced = false } }
  end)
end

test "SPICED: what need not be solved within nine months is no" (function(t)
  t:page "/"
  answer(t, "critical_event", "2024-09-27") -- in 270 days
  t:expect { criteria = { ["spiced.critical_event"] = "met" } }
  answer(t, "critical_event", "2024-10-01")
  t:expect { criteria = { ["spiced.critical_event"] = "unmet" } }
end)
