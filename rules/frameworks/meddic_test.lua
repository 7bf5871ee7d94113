local function answer(t, criterion, value, user)
  t:act("answer", { by = "sales", actor = "maria", userId = user, framework = "meddic", criterion = criterion, value = value })
end

test "MEDDIC is graded, and a pain and a champion must be there" (function(t)
  t:group "acme"
  for _, criterion in ipairs { "metrics", "economic_buyer", "decision_criteria", "decision_process" } do
    answer(t, criterion, 3)
  end
  answer(t, "identify_pain", 3)
  answer(t, "champion", 1)
  t:expect { qualified = { meddic = false }, criteria = { ["meddic.champion"] = "unmet" } }
  answer(t, "champion", "good")
  t:expect { qualified = { meddic = true } }
end)

test "MEDDIC: what one person says counts for all of the company" (function(t)
  t:group "acme"
  t:expect { next_question = { meddic = "identify_pain" } }
  t:event { type = "group", userId = "luis", groupId = "acme" }
  answer(t, "identify_pain", 3, "luis")
  t:expect { criteria = { ["meddic.identify_pain"] = "met" }, next_question = { meddic = "champion" } }
  t:event { type = "group", userId = "luis", groupId = "elsewhere" }
  t:expect { criteria = { ["meddic.identify_pain"] = "unknown" } }
end)

-- criterion, an answer that meets it, its weight, how long it stands
local enough = {
  { "metrics", 3, weight = 3, days = 180 },
  { "economic_buyer", 3, weight = 3, days = 180 },
  { "decision_criteria", 3, weight = 2, days = 180 },
  { "decision_process", 3, weight = 2, days = 90 },
  { "identify_pain", 3, weight = 3, days = 365 },
  { "champion", 3, weight = 3, days = 90 },
}

test "MEDDIC: each criterion adds its weight, and its answer expires" (function(t)
  local total = 0
  t:page "/"
  for _, row in ipairs(enough) do
    answer(t, row[1], row[2])
    total = total + row.weight
    t:expect { totals = { meddic = total }, criteria = { ["meddic." .. row[1]] = "met" } }
  end
  local hours = 0
  for _, days in ipairs { 90, 180, 365 } do
    t:advance((days * 24 - 1 - hours) .. "h")
    for _, row in ipairs(enough) do
      if row.days == days then t:expect { criteria = { ["meddic." .. row[1]] = one_of { "met", "unmet" } } } end
    end
    t:advance "1h"
    for _, row in ipairs(enough) do
      if row.days == days then t:expect { criteria = { ["meddic." .. row[1]] = "unknown" } } end
    end
    hours = days * 24
  end
end)

test "MEDDIC: a grade of one is too little, two is enough" (function(t)
  t:page "/"
  for _, row in ipairs(enough) do
    answer(t, row[1], 1)
    t:expect { criteria = { ["meddic." .. row[1]] = "unmet" } }
    answer(t, row[1], 2)
    t:expect { criteria = { ["meddic." .. row[1]] = "met" } }
  end
end)

test "MEDDIC: three quarters of the weight are enough, less is not" (function(t)
  t:page "/"
  for _, criterion in ipairs { "metrics", "economic_buyer", "identify_pain", "champion" } do answer(t, criterion, 3) end
  t:expect { totals = { meddic = 12 }, qualified = { meddic = true } }
  answer(t, "metrics", 2)
  t:expect { totals = { meddic = 11 }, qualified = { meddic = false } }
end)
