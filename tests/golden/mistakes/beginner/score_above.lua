rule "score_above" {
  doc = "Good",
  when = score.engagement > 40,
  points = { engagement = 5 },
}
