-- E-mail. A click is a person's act. An open is not: mail programs and their proxies (Apple's above all) load every
-- picture of every message themselves, so the mail "opens" whether or not anybody reads it. Opens are worth 0 here and
-- the rule stands so that an explanation shows them.
rule "email_click" {
  doc = "Followed a link in an e-mail",
  group = "email",
  on = track "Email Link Clicked",
  points = { engagement = 3 },
  limit = { times = 5, per = "30d" },
  decay = half_life "30d",
}
rule "email_open" {
  doc = "An e-mail was opened, by a person or by a machine: no points",
  group = "email",
  on = track "Email Opened",
  points = { engagement = 0 },
  limit = { times = 5, per = "30d" },
}
rule "email_reply" {
  doc = "Answered an e-mail",
  group = "email",
  on = track "Email Replied",
  points = { engagement = 10 },
  cooldown = "30d",
  decay = half_life "30d",
}
rule "email_bounce" {
  doc = "Our mail came back: we cannot reach them there",
  group = "email",
  on = track "Email Bounced",
  points = { engagement = -10 },
  cooldown = "90d",
}
