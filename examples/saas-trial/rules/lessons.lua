-- Who gets stuck in the trial is sent lessons until the first source is connected. Embudo sends no mail: it says what to send, to
-- whom and once, and the tool that mails does so.
local connected = seen(track "Source Connected")
local unwanted = seen(track "Unsubscribed" | track "Email Bounced" { type = "hard" })

lifecycle "lessons" {
  start = "none",
  move {
    "none", "first", doc = "Connects nothing for three days",
    when = seen(sequence { track "Trial Started", no(track "Source Connected"), within = "3d" })
      & trait { email = present } & ~connected & ~unwanted,
    again = "90d",
  },
  move { "first", "second", doc = "Nothing yet, four days after the first", when = in_stage_for "4d" & ~connected & ~unwanted },
  move { { "first", "second" }, "none", doc = "Does not need them any more, or does not want them", when = connected | unwanted },
  move { "second", "none", doc = "Two were enough", when = in_stage_for "14d" },
}
-- A url stands in the file's place in earnest: that of the tool that sends mail.
destination "mailer" { doc = "Sends what it is told to whom", file = "mailer.ndjson" }
local function lesson(content)
  return function(lead) return { content = content, email = lead.traits.email, name = lead.traits.first_name } end
end
effect "first_lesson" {
  doc = "How to connect a source", on = entered { "first", lifecycle = "lessons" }, to = "mailer", type = "content.send",
  data = lesson "connect-a-source",
}
effect "second_lesson" {
  doc = "A file will do, too", on = entered { "second", lifecycle = "lessons" }, to = "mailer", type = "content.send",
  data = lesson "start-with-a-file",
}
