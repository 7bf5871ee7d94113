-- The chat window and its bot.
rule "chat_started" {
  doc = "Started a chat",
  group = "chat",
  on = track "Live Chat Conversation Started",
  points = { engagement = 8 },
  limit = { times = 2, per = "30d" },
  decay = half_life "30d",
}
rule "chat_answered" {
  doc = "Answered the bot's questions",
  group = "chat",
  on = track "Chat Question Answered",
  points = { engagement = 3 },
  limit = { times = 4, per = "30d" },
  decay = half_life "30d",
}
rule "chat_support" {
  doc = "Chatted for technical help: a user with a problem, not a buyer with a question",
  group = "chat",
  on = track "Live Chat Conversation Ended" { topic = one_of { "support", "soporte", "billing", "spam" } },
  points = { engagement = -6 },
  limit = { times = 2, per = "30d" },
  decay = half_life "30d",
}
