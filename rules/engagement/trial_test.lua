test "a trial counts in full, then half, then not at all, at exact instants" (function(t)
  t:track "Trial Started"
  t:expect { points = { trial_started = 20 } }
  t:advance "13d23h59m"
  t:expect { points = { trial_started = 20 } }
  t:advance "1m"
  t:expect { points = { trial_started = 10 } }
  t:advance "16d"
  t:expect { not_holds = { "trial_started" } }
end)

test "working in the trial counts five times a week" (function(t)
  for number = 1, 9 do t:track("Feature Used " .. number) end
  t:expect { points = { trial_used = 15 } }
  t:advance "14d"
  t:expect { points = { trial_used = 7.5 } }
end)

test "colleagues count three times a month" (function(t)
  for _ = 1, 4 do t:track "Invite Sent" end
  t:expect { points = { trial_team = 18 } }
end)

test "a trial nobody works in is abandoned after a week" (function(t)
  t:track "Trial Started"
  t:advance "6d"
  t:expect { not_holds = { "trial_abandoned" } }
  t:advance "1d"
  t:expect { points = { trial_abandoned = -10 } }
end)

test "a trial in use is not" (function(t)
  t:track "Trial Started"
  t:advance "1d"
  t:track "Feature Report Built"
  t:advance "10d"
  t:expect { not_holds = { "trial_abandoned" } }
end)
