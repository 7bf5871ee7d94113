local function answer(t, question, value) t:track("Question Answered", { question = question, answer = value }) end

test "a team that uses it and says why is called" (function(t)
  t:identify { email = "mia@larch.example", first_name = "Mia", title = "Head of data", company = { employees = 120 } }
  t:track "Trial Started"
  t:track "Source Connected"
  t:expect { stage = "lead", next_question = { bant = "need" }, criteria = { ["bant.authority"] = "met" } }
  answer(t, "need", "Which customers leave")
  t:expect { qualified = { bant = true }, stage = "mql", worklists = { "call" }, stages = { card = "visitor" } }
end)

test "a small team goes its own way" (function(t)
  t:identify { email = "tim@two.example", first_name = "Tim", company = { employees = 2 } }
  t:track "Trial Started"
  t:track "Source Connected"
  t:track "Report Created"
  answer(t, "need", "Numbers for the board")
  answer(t, "authority", "yes")
  t:expect { stage = "lead", stages = { card = "activated" } }
  t:track "Subscription Started"
  t:expect { stages = { card = "paying" } }
end)

test "what is answered is not asked again, until it is old" (function(t)
  t:identify { first_name = "Eve", company = { employees = 80 } }
  answer(t, "need", "Churn")
  t:expect { next_question = { bant = "timeline" } }
  answer(t, "timeline", "2024-02-15")
  t:expect { next_question = { bant = "authority" } }
  t:advance "60d"
  t:expect { next_question = { bant = "timeline" } }
end)

test "three days without a source are a bad sign" (function(t)
  t:track "Trial Started"
  t:advance "3d"
  t:expect { holds = { "stuck" } }
end)
