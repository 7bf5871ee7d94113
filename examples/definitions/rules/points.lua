-- A few points, enough to have a bar to cross.
dimension "activity" { min = 0, max = 100 }

rule "prices" {
  doc = "Looked at prices",
  on = page { path = starts "/pricing" },
  points = { activity = 15 },
  limit = { times = 3, per = "7d" },
  decay = half_life "30d",
}
rule "content" {
  doc = "Left details for a guide",
  on = track "Content Downloaded" { gated = true },
  points = { activity = 10 },
  limit = { times = 2, per = "30d" },
  decay = half_life "30d",
}
rule "webinar" {
  doc = "Stayed in a webinar",
  on = track "Webinar Attended" { minutes = at_least(20) },
  points = { activity = 15 },
  limit = { times = 2, per = "30d" },
  decay = half_life "30d",
}
rule "pages" {
  doc = "Looked at pages",
  on = page {},
  points = { activity = 1 },
  limit = { times = 10, per = "7d" },
  decay = half_life "14d",
}
rule "demo" {
  doc = "Asked for a demonstration",
  on = track "Demo Requested",
  points = { activity = 30 },
  cooldown = "30d",
  decay = linear "60d",
}
