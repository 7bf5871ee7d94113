-- Lets days pass without a silence, which would cut what is held.
local function days(t, count)
  for _ = 1, count do
    t:advance "1d"
    t:track "Search Performed"
  end
end

test "a chat, and the bot's questions" (function(t)
  for _ = 1, 3 do t:track "Live Chat Conversation Started" end
  for _ = 1, 6 do t:track "Chat Question Answered" end
  t:expect { points = { chat_started = 16, chat_answered = 12 }, scores = { engagement = 20 } } -- the group's cap
  days(t, 30)
  t:expect { points = { chat_started = 8, chat_answered = 6 } }
end)

test "technical help is not buying" (function(t)
  t:track("Live Chat Conversation Ended", { topic = "support" })
  t:expect { points = { chat_support = -6 } }
  t:track("Live Chat Conversation Ended", { topic = "sales" })
  t:expect { points = { chat_support = -6 } }
end)
