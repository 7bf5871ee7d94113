-- Qué hace y qué pide. El ciclo dura meses: lo que se hace pierde la mitad en un trimestre, no en una semana.
rule "ficha_tecnica" {
  doc = "Descargó una ficha técnica",
  on = track "Datasheet Downloaded", points = { interes = 8 }, limit = { times = 5, per = "30d" }, decay = half_life "90d",
}
rule "visita" {
  doc = "Miró máquinas", on = page { path = starts "/maquinas" }, points = { interes = 3 },
  limit = { times = 5, per = "7d" }, decay = half_life "60d",
}
rule "feria" {
  doc = "Vino al estand", on = track "Event Booth Visited", points = { interes = 15 },
  limit = { times = 2, per = "365d" }, decay = half_life "180d",
}
rule "oferta" { doc = "Pidió oferta", on = track "Quote Requested", points = { intencion = 40 }, limit = { times = 2, per = "90d" }, decay = linear "270d" }
rule "prueba" {
  doc = "Pidió una prueba con su pieza", on = track "Sample Test Requested", points = { intencion = 50 },
  limit = { times = 2, per = "180d" }, decay = linear "270d",
}
rule "no_por_ahora" {
  doc = "Dijo que este año no", on = track "Call Completed" { outcome = "not_now" }, points = { intencion = -30 },
  limit = { times = 1, per = "90d" }, decay = linear "180d",
}
rule "frio" { doc = "Un trimestre en silencio", when = idle "90d", points = { interes = -10 } }
