local function answer(t, criterion, value)
  t:act("answer", { by = "sales", actor = "maria", framework = "meddpicc", criterion = criterion, value = value })
end

test "MEDDPICC asks for papers and competition, too" (function(t)
  t:group "acme"
  for _, criterion in ipairs { "metrics", "economic_buyer", "decision_criteria", "decision_process", "identify_pain", "champion" } do
    answer(t, criterion, 3)
  end
  t:expect { qualified = { meddpicc = false }, next_question = { meddpicc = "paper_process" } }
  answer(t, "paper_process", 1)
  answer(t, "competition", 1)
  t:expect { qualified = { meddpicc = true }, criteria = { ["meddpicc.competition"] = "unmet" } }
end)

-- criterion, an answer that meets it, its weight, how long it stands
local enough = {
  { "metrics", 3, weight = 3, days = 180 },
  { "economic_buyer", 3, weight = 3, days = 180 },
  { "decision_criteria", 3, weight = 2, days = 180 },
  { "decision_process", 3, weight = 2, days = 90 },
  { "paper_process", 3, weight = 2, days = 90 },
  { "identify_pain", 3, weight = 3, days = 365 },
  { "champion", 3, weight = 3, days = 90 },
  { "competition", 3, weight = 2, days = 90 },
}

test "MEDDPICC: each criterion adds its weight, and its answer expires" (function(t)
  local total = 0
  t:page "/"
  for _, row in ipairs(enough) do
    answer(t, row[1], row[2])
    total = total + row.weight
    t:expect { totals = { meddpicc = total }, criteria = { ["meddpicc." .. row[1]] = "met" } }
  end
  local hours = 0
  for _, days in ipairs { 90, 180, 365 } do
    t:advance((days * 24 - 1 - hours) .. "h")
    for _, row in ipairs(enough) do
      if row.days == days then t:expect { criteria = { ["meddpicc." .. row[1]] = one_of { "met", "unmet" } } } end
    end
    t:advance "1h"
    for _, row in ipairs(enough) do
      if row.days == days then t:expect { criteria = { ["meddpicc." .. row[1]] = "unknown" } } end
    end
    hours = days * 24
  end
end)

test "MEDDPICC: a grade of one is too little, two is enough" (function(t)
  t:page "/"
  for _, row in ipairs(enough) do
    answer(t, row[1], 1)
    t:expect { criteria = { ["meddpicc." .. row[1]] = "unmet" } }
    answer(t, row[1], 2)
    t:expect { criteria = { ["meddpicc." .. row[1]] = "met" } }
  end
end)

-- Answers for all criteria: 3, but for those that are said; false: no answer.
local function graded(t, grades)
  t:page "/"
  for _, row in ipairs(enough) do
    local grade = grades[row[1]]
    if grade ~= false then answer(t, row[1], grade or 3) end
  end
end

test "MEDDPICC: pain, champion and buyer must all be there, whatever else is known" (function(t)
  graded(t, {})
  t:expect { qualified = { meddpicc = true } }
  for _, criterion in ipairs { "identify_pain", "champion", "economic_buyer" } do
    answer(t, criterion, 1)
    t:expect { qualified = { meddpicc = false } }
    answer(t, criterion, 3)
    t:expect { qualified = { meddpicc = true } }
  end
end)

test "MEDDPICC: a weight of fourteen is enough, thirteen is not" (function(t)
  graded(t, { metrics = 0, decision_criteria = 0, economic_buyer = 2 })
  t:expect { totals = { meddpicc = 14 }, qualified = { meddpicc = true } }
  answer(t, "identify_pain", 2)
  t:expect { totals = { meddpicc = 13 }, criteria = { ["meddpicc.identify_pain"] = "met" }, qualified = { meddpicc = false } }
end)

test "MEDDPICC: nine tenths of the questions are enough, less is not" (function(t)
  graded(t, { competition = false })
  t:expect { qualified = { meddpicc = true } }
end)

test "MEDDPICC: what is left open weighs too much" (function(t)
  graded(t, { metrics = false })
  t:expect { qualified = { meddpicc = false } }
end)
