rule "pricing_page" {
  doc = "The same name again",
  on = page { path = "/prices" },
  points = { engagement = 5 },
  decay = half_life "30 days",
}
