local function answer(t, criterion, value)
  t:act("answer", { by = "sales", actor = "maria", framework = "champ", criterion = criterion, value = value })
end

test "CHAMP asks for the problem first, then how urgent it is" (function(t)
  t:page "/"
  t:expect { next_question = { champ = "challenges" } }
  answer(t, "challenges", "Quotes take a week")
  t:expect { next_question = { champ = "prioritization" }, qualified = { champ = false } }
  answer(t, "prioritization", "this quarter")
  t:expect { next_question = { champ = "authority" }, qualified = { champ = false } }
  answer(t, "authority", "influences")
  t:expect { qualified = { champ = true } }
  t:advance "90d"
  t:expect { qualified = { champ = false }, criteria = { ["champ.prioritization"] = "unknown" } }
end)

test "CHAMP: some day is no" (function(t)
  t:page "/"
  answer(t, "prioritization", "Some day")
  t:expect { criteria = { ["champ.prioritization"] = "unmet" } }
end)

-- criterion, an answer that meets it, its weight, how long it stands
local enough = {
  { "challenges", "Quotes take a week", weight = 35, days = 365 },
  { "authority", "decides", weight = 25, days = 365 },
  { "money", 5000, weight = 20, days = 180 },
  { "prioritization", "now", weight = 20, days = 90 },
}

test "CHAMP: each criterion adds its weight, and its answer expires" (function(t)
  local total = 0
  t:page "/"
  for _, row in ipairs(enough) do
    answer(t, row[1], row[2])
    total = total + row.weight
    t:expect { totals = { champ = total }, criteria = { ["champ." .. row[1]] = "met" } }
  end
  local hours = 0
  for _, days in ipairs { 90, 180, 365 } do
    t:advance((days * 24 - 1 - hours) .. "h")
    for _, row in ipairs(enough) do
      if row.days == days then t:expect { criteria = { ["champ." .. row[1]] = one_of { "met", "unmet" } } } end
    end
    t:advance "1h"
    for _, row in ipairs(enough) do
      if row.days == days then t:expect { criteria = { ["champ." .. row[1]] = "unknown" } } end
    end
    hours = days * 24
  end
end)

test "CHAMP: who decides nothing, and has too little, is no" (function(t)
  t:page "/"
  answer(t, "authority", "none")
  answer(t, "money", 4999)
  t:expect { criteria = { ["champ.authority"] = "unmet", ["champ.money"] = "unmet" } }
end)
