-- The free trial. What people do in the product tells more than what they read about it.
rule "trial_started" {
  doc = "Started a trial",
  group = "trial",
  on = track "Trial Started",
  points = { engagement = 20 },
  cooldown = "90d",
  decay = step { ["14d"] = 0.5, ["30d"] = 0 },
}
rule "trial_used" {
  doc = "Worked with the product during the trial",
  group = "trial",
  on = track(glob "Feature *"),
  points = { engagement = 3 },
  limit = { times = 5, per = "7d" },
  decay = half_life "14d",
}
rule "trial_team" {
  doc = "Invited a colleague into the trial",
  group = "trial",
  on = track "Invite Sent",
  points = { engagement = 6 },
  limit = { times = 3, per = "30d" },
  decay = half_life "30d",
}
rule "trial_abandoned" {
  doc = "Started a trial and did nothing in it for a week",
  group = "trial",
  on = sequence { track "Trial Started", no(track(glob "Feature *")), within = "7d" },
  points = { engagement = -10 },
  cooldown = "90d",
  decay = half_life "60d",
}
