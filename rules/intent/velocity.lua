-- How fast the engagement rises or falls counts beside how high it is: advanced scores show growing interest.
rule "warming_up" {
  doc = "Engagement rose by 25 points or more within a week",
  group = "buying",
  when = velocity("engagement", "7d", at_least(25)),
  points = { intent = 10 },
}
rule "cooling_down" {
  doc = "Engagement fell by 20 points or more within a month",
  group = "buying",
  when = velocity("engagement", "30d", at_most(-20)),
  points = { intent = -10 },
}
