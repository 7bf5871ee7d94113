-- What wipes points out. Negative points would vanish in the clamp at 0 and be forgotten with the next click; a reset
-- is not.
reset "unsubscribed" {
  doc = "Asked us to stop",
  on = track "Unsubscribed" | track "Email Marked as Spam",
  dimensions = { "engagement", "intent" },
}
reset "silent" {
  doc = "Silent for 30 days: half of it is gone",
  when = idle "30d",
  dimensions = { "engagement" },
  keep = 0.5,
}
reset "forgotten" {
  doc = "Silent for 180 days: begins again",
  when = idle "180d",
  dimensions = { "engagement", "intent" },
}
