-- Del primer contacto al pedido. Una consulta técnica no es una oportunidad: va a asistencia, y desde allí puede volver.
lifecycle "main" {
  start = "lead",
  final = { "cliente", "descartado" },
  endorsed = { "mql" },                                   -- palabra de marketing
  sales = { "sal", "oportunidad", "oferta", "cliente" }, -- de ventas
  outside = { "asistencia" },                             -- en ninguna cifra del embudo

  gate "nombre_y_cargo" { doc = "Sin nombre y cargo no se llama a nadie", into = { "mql" }, need = known { "first_name", "title" } },
  gate "negocio_nuevo" { doc = "Los clientes van a su gestor, no al embudo", into = { "mql" }, need = ~in_segment "clientes" },
  gate "dolor_y_dinero" {
    doc = "Un dolor que alguien describe", into = { "oportunidad" },
    need = met "meddic.identify_pain" & completeness("meddic", at_least(50)),
  },
  gate "meddic" { doc = "Nadie recibe oferta formal sin MEDDIC", into = { "oferta" }, need = qualified "meddic" },

  move { "lead", "asistencia", doc = "Pregunta por una máquina que ya tiene", when = seen(track "Technical Inquiry") & score { intencion = below(40) } },
  move { { "lead", "asistencia" }, "mql", doc = "Encaja y pide algo", when = score { encaje = at_least(35), intencion = at_least(40) }, again = "90d" },
  -- Ventas acepta tras tres comprobaciones y aporta algo que no se sabía; o llama por su cuenta, y eso se cuenta aparte.
  move {
    "mql", "sal", act = "accept", doc = "Ventas acepta", by = "sales",
    asks = { encaja = true, se_puede_hablar = true, plausible = true }, learns = { "nota", "phone", "plazo" },
  },
  move { "lead", "sal", act = "claim", doc = "Ventas llama sin que marketing lo avale", by = "sales", claim = true },
  move {
    "sal", "oportunidad", act = "qualify", doc = "El dolor está descrito", by = "sales",
    need = seen(act "log_call" { outcome = one_of { "connect", "interested" } } | act "log_meeting"), asks = { "necesidad" },
  },
  move { "oportunidad", "oferta", doc = "Por sí sola, cuando MEDDIC está", when = qualified "meddic" },
  move { "oferta", "cliente", act = "win", doc = "Pedido", by = "sales", asks = { importe = above(0) } },
  move {
    { "mql", "sal", "oportunidad", "oferta" }, "nutrir", act = "recycle", doc = "Ahora no", by = "sales",
    reasons = { sin_presupuesto = "180d", sin_respuesta = "60d", otro_proveedor = "365d" },
  },
  move { "nutrir", "lead", doc = "Vuelve a pedir algo", when = in_stage_for "30d" & score { intencion = at_least(40) } },
  move {
    { "lead", "mql", "sal", "asistencia" }, "descartado", act = "disqualify", doc = "No comprará", by = { "sales", "marketing" },
    reasons = { estudiante = "never", competidor = "never" },
  },
}
acts {
  log_call    = {
    doc = "Una llamada, y en qué quedó", by = "sales",
    asks = { outcome = one_of { "dial", "no_answer", "voicemail", "connect", "interested" } }, private = { "nota" },
  },
  log_meeting = { doc = "Una visita, en persona o no", by = "sales", private = { "nota" } },
  answer      = { doc = "Una respuesta a una pregunta de MEDDIC", by = { "sales", "marketing" }, private = { "nota" } },
  accept      = { sets = { "phone", "plazo" } },
  qualify     = { sets = { "necesidad" } },
  win         = { sets = { "importe" } },
}
