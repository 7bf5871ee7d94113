local function ana(t)
  t:identify { first_name = "Ana", last_name = "Etxebarria", title = "Jefa de compras", email = "ana@forjas.example", company = { name = "Forjas" } }
  t:group("forjas", { name = "Forjas del Norte", employees = 320, industry = "automoción" })
end

test "un título de compras suma, y pedir una oferta basta con encaje" (function(t)
  ana(t)
  t:expect { points = { compras = 20 }, scores = { encaje = 65 }, stage = "lead" }
  t:track "Quote Requested"
  t:expect { stage = "mql", worklists = { "llamar" } }
end)

test "una consulta técnica va a asistencia, y puede volver" (function(t)
  ana(t)
  t:track("Technical Inquiry", { machine = "CNC-4" })
  t:expect { stage = "asistencia", worklists = { "asistencia" } }
  t:advance "20d"
  t:track "Sample Test Requested"
  t:expect { stage = "mql" }
end)

test "un cliente no es negocio nuevo" (function(t)
  ana(t)
  t:event { type = "group", userId = "crm", groupId = "forjas", traits = { customer = true } }
  t:track "Quote Requested"
  t:expect { segments = { clientes = true }, stage = "lead" }
end)

test "MEDDIC: lo que sabe un compañero abre la oferta, y una respuesta vieja no vale" (function(t)
  ana(t)
  t:track "Quote Requested"
  t:event { type = "group", userId = "jon", groupId = "forjas" }
  t:act("accept", { by = "sales", actor = "maite", lifecycle = "main", from = "mql", to = "sal" })
  local function answer(user, criterion, value)
    t:act("answer", { by = "sales", actor = "maite", userId = user, framework = "meddic", criterion = criterion, value = value })
  end
  answer("jon", "identify_pain", "fuerte")
  answer("jon", "champion", "bien")
  answer("jon", "metrics", 2)
  t:act("qualify", { by = "sales", actor = "maite", lifecycle = "main", from = "sal", to = "oportunidad" })
  t:expect { qualified = { meddic = false }, next_question = { meddic = "economic_buyer" }, stage = "oportunidad" }
  t:event {
    type = "group", userId = "jon", groupId = "forjas",
  }
  answer("jon", "economic_buyer", 3)
  t:expect { qualified = { meddic = false }, stage = "oportunidad" }
  answer("jon", "decision_process", 3)
  answer("jon", "decision_criteria", 2)
  t:expect { qualified = { meddic = true }, stage = "oferta" }
  t:advance "180d"
  t:expect { criteria = { ["meddic.champion"] = "unknown" }, qualified = { meddic = false }, stage = "oferta" }
end)
