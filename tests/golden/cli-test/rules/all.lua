dimension "engagement" { min = 0, max = 100 }
rule "pricing_page" {
  doc = "Looked at prices",
  on = page { path = glob "/pricing*" },
  points = { engagement = 15 },
  limit = { times = 2, per = "7d" },
}
rule "seats" {
  doc = "A point for every seat",
  on = track "Trial Started",
  points = function(_, event) return { engagement = math.min(event.properties.seats, 20) } end,
  cap = 20,
}
lifecycle "main" {
  start = "lead",
  move { "lead", "mql", when = score { engagement = at_least(30) } },
}
