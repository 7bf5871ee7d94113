-- What came of our calls. A call nobody took says nothing about the lead, so it has no rule.
rule "call_talked" {
  doc = "Talked with us on the phone",
  group = "calls",
  on = track "Call Completed" { outcome = one_of { "connected", "interested" } },
  points = { engagement = 12 },
  cooldown = "1d",
  decay = half_life "30d",
}
rule "called_us" {
  doc = "Called us of their own accord",
  group = "calls",
  on = track "Call Received",
  points = { engagement = 15 },
  limit = { times = 2, per = "30d" },
  decay = half_life "30d",
}
rule "not_interested" {
  doc = "Said on the phone that they are not interested",
  group = "calls",
  on = track "Call Completed" { outcome = "not_interested" },
  points = { engagement = -20 },
  cooldown = "90d",
  decay = linear "180d",
}
rule "wrong_number" {
  doc = "The number is somebody else's",
  group = "calls",
  on = track "Call Completed" { outcome = "wrong_number" },
  points = { engagement = -10 },
  limit = { times = 1 },
}
