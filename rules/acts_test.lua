test "a call says what came of it" (function(t)
  t:identify { email = "ana@mills.example" }
  for _, outcome in ipairs { "dial", "no_answer", "voicemail", "connect", "interested" } do
    t:act("log_call", { by = "sales", outcome = outcome, note = "Only for us" })
  end
  t:refused("log_call", { by = "sales" }, "missing_fields")
  t:refused("log_call", { by = "sales", outcome = "busy" }, "bad_field")
  t:expect { stage = "lead", traits = { note = missing } }
end)

test "marketing logs, and consent is sales' to record" (function(t)
  t:identify { email = "ana@mills.example" }
  t:act("log_meeting", { by = "marketing", note = "At the fair" })
  t:act("note", { by = "marketing", note = "Prefers mornings" })
  t:act("consent", { by = "sales" })
  t:refused("consent", { by = "marketing" }, "role_not_allowed")
  t:refused("note", { by = "marketing" }, "missing_fields")
end)

test "an answer names its question" (function(t)
  t:identify { email = "ana@mills.example" }
  t:act("answer", { by = "sales", framework = "bant", criterion = "budget", value = 5000 })
  t:refused("answer", { by = "sales", criterion = "bant.nothing", value = 1 }, "bad_answer")
  t:refused("answer", { by = "sales", criterion = "bant.budget", value = "soon" }, "bad_answer")
end)

test "somebody's lead from now on" (function(t)
  t:identify { email = "ana@mills.example" }
  t:refused("assign", { by = "marketing", owner = "maria" }, "not_handed_over")
  t:act("assign", { by = "marketing", owner = "maria", override = "she knows them" })
  t:expect { traits = { owner = "maria" } }
  t:act("assign", { by = "sales", owner = "pedro" })
  t:expect { traits = { owner = "pedro" } }
  t:refused("assign", { by = "sales" }, "missing_fields")
end)

test "who is an MQL, or claimed, is given to anybody" (function(t)
  t:identify {
    first_name = "Ana", last_name = "Ruiz", title = "Sales Director", email = "ana@mills.example", country = "ES",
    company = { name = "Mills", employees = 300, industry = "Manufacturing" },
  }
  t:track "Demo Requested"
  t:act("assign", { by = "marketing", owner = "maria" })
  t:expect { stage = "mql", owner = "maria" }
end)

test "who asks for help is in no funnel, and may be somebody's" (function(t)
  t:identify { email = "ana@mills.example" }
  t:track "Support Requested"
  t:act("assign", { by = "sales", owner = "maria" })
  t:expect { stage = "assistance", owner = "maria" }
end)

test "nobody does what the rules do not declare" (function(t)
  t:identify { email = "ana@mills.example" }
  t:refused("poach", { by = "sales" }, "unknown_act")
  t:refused("move", { by = "sales", to = "customer" }, "undeclared_move")
end)
