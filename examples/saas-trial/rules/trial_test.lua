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

local function mia(t)
  t:identify { email = "mia@larch.example", first_name = "Mia", title = "Head of data", company = { employees = 120 } }
  t:track "Source Connected"
  answer(t, "need", "Which customers leave")
end

test "who qualified is called within four working hours, or somebody is told" (function(t)
  mia(t)
  t:expect { clocks = { call = "open" }, effects = { { type = "lead.qualified", to = "desk" } } }
  t:at "2024-01-02T12:00:00Z" -- January 1st is a holiday: four hours from nine in Berlin
  t:expect { clocks = { call = "breached" }, effects = { { type = "lead.qualified" }, { type = "lead.late" } } }
end)

test "accepting says something new, and nobody signs who was not talked with" (function(t)
  mia(t)
  t:refused("accept", { by = "sales" }, "missing_fields")
  t:refused("accept", { by = "sales", plausible = true }, "nothing_new")
  t:act("accept", { by = "sales", plausible = true, seats = 12 })
  t:expect { stage = "sal", traits = { seats = 12 }, clocks = { call = "stopped" } }
  t:refused("win", { by = "sales", seats = 12, amount = 600 }, "policy_failed")
  t:act("log_call", { by = "sales", outcome = "connect", note = "Wants an invoice" })
  t:act("win", { by = "sales", seats = 12, amount = 600 })
  t:expect { stage = "customer", traits = { amount = 600 } }
end)

test "sales may call whom nobody has qualified, if there is a name" (function(t)
  t:identify { email = "eve@birch.example", company = { employees = 90 } }
  t:refused("claim", { by = "sales" }, "gate_closed")
  t:identify { first_name = "Eve" }
  t:act("claim", { by = "sales", actor = "ole" })
  t:expect { stage = "sal", owner = "ole" }
end)
