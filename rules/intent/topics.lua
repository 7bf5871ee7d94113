-- What interests them. Points given under a topic also count towards the lead's interest in it; the topics here are
-- examples, replace them by your own products. A point each: they steer the talk, not the score.
rule "topic_scoring" {
  doc = "Reads about lead scoring",
  group = "web",
  on = page { path = contains "scoring" } | track "Content Downloaded" { topic = "scoring" } | track "Webinar Registered" { topic = "scoring" },
  points = { engagement = 1 },
  limit = { times = 10, per = "30d" },
  decay = half_life "30d",
  topics = { "scoring" },
}
rule "topic_integration" {
  doc = "Reads about integrations",
  group = "web",
  on = page { path = glob "/integrations*" | glob "/integraciones*" } | track "Content Downloaded" { topic = "integration" },
  points = { engagement = 1 },
  limit = { times = 10, per = "30d" },
  decay = half_life "30d",
  topics = { "integration" },
}
rule "topic_security" {
  doc = "Reads about security and data protection",
  group = "web",
  on = page { path = glob "/security*" | glob "/seguridad*" } | track "Content Downloaded" { topic = "security" },
  points = { engagement = 1 },
  limit = { times = 10, per = "30d" },
  decay = half_life "30d",
  topics = { "security" },
}
