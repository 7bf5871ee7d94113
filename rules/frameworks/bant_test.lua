local function answer(t, criterion, value)
  t:act("answer", { by = "sales", actor = "maria", framework = "bant", criterion = criterion, value = value })
end

test "need and two more are enough for BANT" (function(t)
  t:identify { title = "Engineer" }
  t:expect { qualified = { bant = false }, next_question = { bant = "need" } }
  answer(t, "budget", 5000)
  answer(t, "timeline", "2024-05-01")
  t:expect { qualified = { bant = false }, next_question = { bant = "need" } }
  answer(t, "need", "Orders get lost between two systems")
  t:expect { qualified = { bant = true }, next_question = { bant = "authority" } }
end)

test "BANT: a budget below the bar is no, an old one is unknown" (function(t)
  t:identify { title = "Engineer" }
  answer(t, "budget", 4999)
  t:expect { criteria = { ["bant.budget"] = "unmet" } }
  t:advance "180d"
  t:expect { criteria = { ["bant.budget"] = "unknown" } }
end)

test "BANT: a title suggests authority, a person's word is stronger" (function(t)
  t:identify { title = "CEO" }
  t:expect { criteria = { ["bant.authority"] = "met" } }
  answer(t, "authority", "none")
  t:expect { criteria = { ["bant.authority"] = "unmet" } }
end)

-- criterion, an answer that meets it, its weight, how long it stands
local enough = {
  { "need", "Orders get lost", weight = 30, days = 365 },
  { "budget", 5000, weight = 25, days = 180 },
  { "authority", "influences", weight = 25, days = 365 },
  { "timeline", "2024-06-01", weight = 20, days = 90 },
}

test "BANT: each criterion adds its weight, and its answer expires" (function(t)
  local total = 0
  t:page "/"
  for _, row in ipairs(enough) do
    answer(t, row[1], row[2])
    total = total + row.weight
    t:expect { totals = { bant = total }, criteria = { ["bant." .. row[1]] = "met" } }
  end
  local hours = 0
  for _, days in ipairs { 90, 180, 365 } do
    t:advance((days * 24 - 1 - hours) .. "h")
    for _, row in ipairs(enough) do
      if row.days == days then t:expect { criteria = { ["bant." .. row[1]] = one_of { "met", "unmet" } } } end
    end
    t:advance "1h"
    for _, row in ipairs(enough) do
      if row.days == days then t:expect { criteria = { ["bant." .. row[1]] = "unknown" } } end
    end
    hours = days * 24
  end
end)

test "BANT: what is far away is no" (function(t)
  t:page "/"
  answer(t, "timeline", "2025-01-01")
  t:expect { criteria = { ["bant.timeline"] = "unmet" } }
end)

test "BANT: half a year is near enough, a week more is not" (function(t)
  t:page "/"
  answer(t, "timeline", "2024-06-28") -- in 179 days
  t:expect { criteria = { ["bant.timeline"] = "met" } }
  answer(t, "timeline", "2024-07-06")
  t:expect { criteria = { ["bant.timeline"] = "unmet" } }
end)
