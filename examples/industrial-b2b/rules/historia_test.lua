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
  t:act("accept", { by = "sales", actor = "maite", encaja = true, se_puede_hablar = true, plausible = true, plazo = "otoño" })
  t:act("log_call", { by = "sales", actor = "maite", outcome = "interested" })
  local function answer(user, criterion, value)
    t:act("answer", { by = "sales", actor = "maite", userId = user, framework = "meddic", criterion = criterion, value = value })
  end
  answer("jon", "identify_pain", "fuerte")
  answer("jon", "champion", "bien")
  answer("jon", "metrics", 2)
  t:act("qualify", { by = "sales", actor = "maite", necesidad = "11 % de piezas rechazadas" })
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

test "aceptar pide tres comprobaciones y algo nuevo, y calificar una conversación" (function(t)
  ana(t)
  t:track "Quote Requested"
  t:refused("accept", { by = "sales", encaja = true }, "missing_fields")
  t:refused("accept", { by = "sales", encaja = true, se_puede_hablar = true, plausible = true }, "nothing_new")
  t:act("accept", { by = "sales", encaja = true, se_puede_hablar = true, plausible = true, nota = "Tiene prisa" })
  t:refused("qualify", { by = "sales", necesidad = "Menos rechazo" }, "gate_closed")
  t:act("answer", { by = "sales", framework = "meddic", criterion = "identify_pain", value = "fuerte" })
  t:act("answer", { by = "sales", framework = "meddic", criterion = "metrics", value = 2 })
  t:act("answer", { by = "sales", framework = "meddic", criterion = "decision_process", value = 2 })
  t:refused("qualify", { by = "sales", necesidad = "Menos rechazo" }, "policy_failed")
  t:act("log_meeting", { by = "sales" })
  t:act("qualify", { by = "sales", necesidad = "Menos rechazo" })
  t:expect { stage = "oportunidad", traits = { necesidad = "Menos rechazo" } }
end)

test "quien pide algo recibe una llamada el mismo día, o el jefe se entera" (function(t)
  ana(t)
  t:at "2024-01-02T07:00:00Z" -- las ocho en Bilbao
  t:track "Quote Requested"
  t:expect { clocks = { primera_llamada = "open" }, effects = { { effect = "para_llamar" } } }
  t:at "2024-01-02T15:00:00Z"
  t:expect { clocks = { primera_llamada = "breached" }, effects = { { effect = "para_llamar" }, { effect = "sin_llamar" } } }
end)

test "ventas puede llamar a quien nadie ha avalado" (function(t)
  ana(t)
  t:act("claim", { by = "sales", actor = "maite" })
  t:expect { stage = "sal", owner = "maite" }
end)
