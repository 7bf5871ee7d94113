-- Not now. These lower the intent and leave the fit alone: the right company at the wrong time comes back.
rule "not_now" {
  doc = "Said that the project is put off",
  group = "buying",
  on = track "Call Completed" { outcome = "not_now" } | track "Project Postponed",
  points = { intent = -30 },
  cooldown = "30d",
  decay = linear "90d",
}
rule "demo_cancelled" {
  doc = "Cancelled a demonstration, or did not come to it",
  group = "buying",
  on = track "Demo Cancelled" | track "Demo Missed",
  points = { intent = -20 },
  cooldown = "14d",
  decay = linear "60d",
}
