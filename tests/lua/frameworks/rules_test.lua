local function answer(t, criterion, value, more)
  local fields = { by = "sales", actor = "maria", criterion = criterion, value = value }
  for name, field in pairs(more or {}) do fields[name] = field end
  t:act("answer", fields)
end

test "answers meet criteria, and enough of them qualify" (function(t)
  t:page "/"
  t:expect { qualified = { bant = false }, criteria = { ["bant.need"] = "unknown" }, next_question = { bant = "need" } }
  answer(t, "bant.need", "We lose orders")
  t:expect { criteria = { ["bant.need"] = "met" }, next_question = { bant = "budget" }, stage = "lead" }
  answer(t, "bant.budget", 8000)
  t:expect { points = { both = 2, heard = 1, sum = 3, ready = 0 }, next_question = { bant = "authority" } }
  answer(t, "bant.authority", "Decides")
  t:expect { qualified = { bant = true }, points = { ready = 10 }, stage = "sql", next_question = { bant = "timeline" } }
end)

test "the newest answer stands, until it expires at its instant" (function(t)
  t:page "/"
  answer(t, "bant.budget", 1000)
  t:expect { criteria = { ["bant.budget"] = "unmet" }, points = { no_money = -5 } }
  t:advance "1d"
  answer(t, "bant.budget", "5000 EUR")
  t:expect { criteria = { ["bant.budget"] = "met" }, points = { no_money = 0 } }
  answer(t, "bant.need", "yes")
  answer(t, "bant.authority", "influences")
  t:expect { points = { ready = 10 } }
  t:at "2024-06-30T08:59:59Z"
  t:expect { points = { ready = 10 }, criteria = { ["bant.budget"] = "met" } }
  t:at "2024-06-30T09:00:00Z"
  t:expect { points = { ready = 0 }, criteria = { ["bant.budget"] = "unknown" }, next_question = { bant = "budget" } }
end)

test "a date passes by itself" (function(t)
  t:page "/"
  answer(t, "bant.timeline", "2024-08-01T00:00:00Z")
  t:expect { criteria = { ["bant.timeline"] = "unmet" } }
  t:at "2024-02-10T00:00:00Z"
  t:expect { criteria = { ["bant.timeline"] = "met" } }
end)

test "what is inferred stands until somebody says better" (function(t)
  t:identify { title = "CTO" }
  t:expect { criteria = { ["bant.authority"] = "met" } }
  answer(t, "bant.authority", "none")
  t:expect { criteria = { ["bant.authority"] = "unmet" } }
  answer(t, "bant.authority", "")
  t:expect { criteria = { ["bant.authority"] = "met" } }
  t:identify { title = "Intern" }
  t:expect { criteria = { ["bant.authority"] = "unknown" } }
end)

test "an event can be an answer" (function(t)
  t:track("Chat Answer", { question = "need", answer = "We lose orders" })
  t:expect { criteria = { ["bant.need"] = "met" } }
end)

test "grades count in part, and for all people of the account" (function(t)
  t:group "acme"
  answer(t, "graded.champion", 1)
  t:expect { criteria = { ["graded.champion"] = "unmet" }, qualified = { graded = false } }
  t:event { type = "group", userId = "luis", groupId = "acme" }
  t:act("answer", { by = "sales", userId = "luis", criterion = "graded.metrics", value = "number" })
  t:expect { criteria = { ["graded.metrics"] = "met" }, qualified = { graded = true } }
  t:advance "1d"
  t:event { type = "group", userId = "luis", groupId = "other" }
  t:expect { criteria = { ["graded.metrics"] = "unknown" }, qualified = { graded = false } }
end)

test "without more, all criteria must be met" (function(t)
  t:page "/"
  answer(t, "plain.one", "yes")
  answer(t, "plain.two", 3)
  t:expect { qualified = { plain = false }, criteria = { ["plain.two"] = "unmet" } }
  answer(t, "plain.two", 4)
  t:expect { qualified = { plain = true } }
end)
