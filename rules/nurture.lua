-- In our profile, interested, and not about to buy: kept warm with content, out of sales' way. Embudo sends no mail: let an
-- effect tell the tool that does (`on = entered { "nurtured", lifecycle = "nurture" }`), or work the list.
lifecycle "nurture" {
  start = "alone",
  move {
    "alone", "nurtured",
    doc = "In profile and curious, and wants nothing yet",
    when = stage { "lead", "recycled", "lost", lifecycle = "main" }
      & trait { email = present }
      & score { fit = at_least(20), engagement = at_least(10), intent = below(20) }
      & ~seen(track "Unsubscribed" | track "Email Marked as Spam" | track "Email Bounced" { type = "hard" }),
    again = "30d",
  },
  move {
    "nurtured", "alone",
    doc = "Wants something now, or is somebody's to call",
    when = score { intent = at_least(30) } | ~stage { "lead", "recycled", "lost", lifecycle = "main" },
  },
  move { "nurtured", "alone", doc = "Has not looked at anything for three months", when = idle "90d" },
  move {
    "nurtured", "alone",
    doc = "Does not want to hear from us, or cannot",
    when = seen(track "Unsubscribed" | track "Email Marked as Spam" | track "Email Bounced" { type = "hard" }),
  },
}
worklist "nurture" {
  doc = "To be kept warm: who is nearest to wanting something comes first",
  stage = { "nurtured", lifecycle = "nurture" },
  order = { "intent", "engagement", "recent" },
}
