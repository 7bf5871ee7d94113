-- Whom nobody calls or writes to: they are handed to no seller, whatever they score.
contact {
  unsubscribed = seen(track "Unsubscribed" | track "Email Marked as Spam"),
  hard_bounce = seen(track "Email Bounced" { type = "hard" }),
  objection = trait { email = listed "objections" } | trait { phone = listed "objections" },
  no_consent = trait { consent = false },
}
