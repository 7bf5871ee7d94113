dimension "fit" { min = 0, max = 100 }
dimension "engagement" { min = 0, max = 100 }

rule "title" {
  doc = "Has a title",
  when = trait { title = present },
  points = { fit = 20 },
}
rule "nobody" {
  doc = "Has a title and has none",
  when = trait { title = present } & trait { title = missing },
  points = { fit = 5 },
}
rule "clicks" {
  doc = "Clicks, without a limit",
  on = track "Clicked",
  points = { engagement = 5 },
  decay = half_life "30d",
  cap = 30,
}
rule "seats" {
  doc = "A point for every seat",
  on = track "Trial Started",
  points = function(_, event) return { engagement = event.properties.seats } end,
}
lifecycle "main" {
  start = "lead",
  move { "lead", "mql", when = score { fit = at_least(40) } },
  move { "mql", "lead", when = score { fit = below(60) } },
}
