-- They raised a hand: these say "talk to me" in so many words.
rule "asked_demo" {
  doc = "Asked for a demonstration",
  group = "buying",
  on = track "Demo Requested" | track "Form Submitted" { form = one_of { "demo", "demostracion" } },
  points = { intent = 40 },
  cooldown = "14d",
  decay = linear "60d",
}
rule "asked_quote" {
  doc = "Asked for a price",
  group = "buying",
  on = track "Quote Requested" | track "Form Submitted" { form = one_of { "quote", "presupuesto", "cotizacion" } },
  points = { intent = 45 },
  cooldown = "14d",
  decay = linear "60d",
}
rule "asked_contact" {
  doc = "Wrote to sales",
  group = "buying",
  on = track "Form Submitted" { form = one_of { "contact_sales", "contacto_ventas" } },
  points = { intent = 30 },
  cooldown = "14d",
  decay = linear "45d",
}
rule "interested_on_phone" {
  doc = "Said on the phone that they are interested",
  group = "buying",
  on = track "Call Completed" { outcome = "interested" },
  points = { intent = 25 },
  cooldown = "1d",
  decay = linear "60d",
}
