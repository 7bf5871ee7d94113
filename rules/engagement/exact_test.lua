-- What every rule of engagement gives, how often it counts, and how it fades: at the exact instants. One line a rule:
-- its id, its points, how many times they count within what span ("ever" without one), what is left of them when.
local function track(name, properties)
  return function(t) t:track(name, properties) end
end

local function page(path)
  return function(t) t:page(path) end
end

local RULES = {
  { "call_talked",      12,  1, "1d",  half = "30d",  on = track("Call Completed", { outcome = "connected" }) },
  { "called_us",        15,  2, "30d", half = "30d",  on = track "Call Received" },
  { "not_interested",   -20, 1, "90d", line = "180d", on = track("Call Completed", { outcome = "not_interested" }) },
  { "wrong_number",     -10, 1, "ever",               on = track("Call Completed", { outcome = "wrong_number" }) },
  { "met_at_event",     8,   1, "30d", half = "60d",  on = track "Event Booth Visited" },
  { "chat_started",     8,   2, "30d", half = "30d",  on = track "Live Chat Conversation Started" },
  { "chat_answered",    3,   4, "30d", half = "30d",  on = track "Chat Question Answered" },
  { "chat_support",     -6,  2, "30d", half = "30d",  on = track("Live Chat Conversation Ended", { topic = "billing" }) },
  { "gated_download",   8,   3, "30d", half = "30d",  on = track("Content Downloaded", { gated = true }) },
  { "case_study",       5,   3, "30d", half = "30d",  on = page "/customers/mills" },
  { "blog_post",        1,   5, "30d", half = "14d",  on = page "/blog/post" },
  { "newsletter",       2,   1, "ever",               on = track "Newsletter Subscribed" },
  { "email_click",      3,   5, "30d", half = "30d",  on = track "Email Link Clicked" },
  { "email_reply",      10,  1, "30d", half = "30d",  on = track "Email Replied" },
  { "email_bounce",     -10, 1, "90d",                on = track "Email Bounced" },
  { "trial_used",       3,   5, "7d",  half = "14d",  on = track "Feature Used" },
  { "trial_team",       6,   3, "30d", half = "30d",  on = track "Invite Sent" },
  { "page_view",        1,   8, "1d",  half = "14d",  on = page "/about" },
  { "pricing_page",     15,  3, "7d",  half = "30d",  on = page "/pricing" },
  { "video",            4,   3, "30d", line = "60d",  on = track "Video Completed" },
  { "careers_page",     -8,  2, "30d", half = "30d",  on = page "/careers" },
  { "webinar_signup",   3,   2, "30d", half = "30d",  on = track("Webinar Registered", { webinar_id = "w" }) },
  { "webinar_attended", 12,  3, "90d", half = "30d",  on = track("Webinar Attended", { webinar_id = "w", minutes = 20 }) },
  { "webinar_question", 5,   2, "30d", half = "30d",  on = track "Webinar Question Asked" },
}

local UNITS = { d = 1440, h = 60, m = 1 }

local function minutes_of(span)
  return tonumber(span:sub(1, -2)) * UNITS[span:sub(-1)]
end

-- Lets time pass without a silence, which would cut what is held: a search every ten days, worth nothing.
local function pass(t, minutes)
  while minutes > 14400 do
    t:advance "10d"
    t:track "Search Performed"
    minutes = minutes - 14400
  end
  if minutes > 0 then t:advance(string.format("%dm", minutes)) end
end

-- What is left of a point after so many minutes.
local function left(rule, minutes)
  if rule.half then return 0.5 ^ (minutes / minutes_of(rule.half)) end
  if rule.line then return math.max(0, 1 - minutes / minutes_of(rule.line)) end
  return 1
end

local function about(points)
  return between(points - 0.01, points + 0.01)
end

for _, rule in ipairs(RULES) do
  local id, points, times, per = rule[1], rule[2], rule[3], rule[4]

  test(id .. ": so many points, so many times, and what is left of them") (function(t)
    for n = 1, times + 1 do
      rule.on(t)
      t:expect { points = { [id] = points * math.min(n, times) } }
    end
    local span = minutes_of(rule.half or rule.line or "20d")
    pass(t, span // 2)
    t:expect { points = { [id] = about(points * times * left(rule, span // 2)) } }
  end)

  if per ~= "ever" then
    test(id .. ": counts again when the span is over, and not before") (function(t)
      for _ = 1, times do rule.on(t) end
      local span = minutes_of(per)
      pass(t, span - 1)
      rule.on(t)
      t:expect { points = { [id] = about(points * times * left(rule, span - 1)) } }
      t:advance "1m"
      rule.on(t)
      t:expect { points = { [id] = about(points * times * left(rule, span) + points) } }
    end)
  end
end

test "opened mail is worth nothing, however often" (function(t)
  for _ = 1, 7 do t:track "Email Opened" end
  t:expect { points = { email_open = 0 }, scores = { engagement = 0 } }
end)

test "a trial counts once in ninety days" (function(t)
  t:track "Trial Started"
  pass(t, minutes_of "90d" - 1)
  t:track "Trial Started"
  t:expect { points = { trial_started = 0 } }
  t:advance "1m"
  t:track "Trial Started"
  t:expect { points = { trial_started = 20 } }
end)

test "a visit begins after thirty minutes, counts once a day, and half of it is gone in two weeks" (function(t)
  t:page "/"
  t:expect { points = { came_back = 2 } }
  t:advance "14d"
  t:expect { points = { came_back = 1 } }
  t:page "/"
  t:expect { points = { came_back = 3 } }
  t:advance "23h31m"
  t:page "/" -- the next visit begins, within a day of the last
  t:expect { points = { came_back = below(3) } }
  t:advance "28m"
  t:page "/"
  t:expect { points = { came_back = below(3) } }
  t:advance "29m"
  t:page "/" -- a day is over, but this visit began 58 minutes ago
  t:expect { points = { came_back = below(3) } }
  t:advance "30m"
  t:page "/"
  t:expect { points = { came_back = above(4.5) } }
end)

test "a visit a day later counts to the minute" (function(t)
  t:page "/"
  t:advance "23h59m"
  t:page "/"
  t:expect { points = { came_back = below(2) } }
end)

test "a trial is abandoned once in ninety days, and half of it is forgotten in sixty" (function(t)
  t:track "Trial Started"
  pass(t, minutes_of "7d")
  t:expect { points = { trial_abandoned = -10 } }
  pass(t, minutes_of "60d")
  t:expect { points = { trial_abandoned = about(-5) } }
  t:advance "22d23h59m"
  t:track "Trial Started"
  t:advance "7d" -- 89 days and 23:59 hours after the first
  t:expect { points = { trial_abandoned = above(-5) } }
end)

test "a trial abandoned again after ninety days counts again" (function(t)
  t:track "Trial Started"
  pass(t, minutes_of "90d")
  t:track "Trial Started"
  t:advance "7d"
  t:expect { points = { trial_abandoned = below(-10) } }
end)

test "two webinars missed count, a third within ninety days does not" (function(t)
  for number = 1, 3 do t:track("Webinar Registered", { webinar_id = "w" .. number }) end
  t:advance "2d"
  t:expect { points = { no_show = -10 } }
  pass(t, minutes_of "88d" - 1)
  t:track("Webinar Registered", { webinar_id = "w4" })
  t:advance "1d"
  t:track("Webinar Registered", { webinar_id = "w5" })
  t:advance "1d" -- 89 days and 23:59 hours after the first two
  t:expect { points = { no_show = above(-6) } }
  t:advance "1d"
  t:expect { points = { no_show = below(-9) } }
end)

test "six documents in a day, to the minute" (function(t)
  for _ = 1, 5 do t:track "Content Downloaded" end
  t:advance "23h59m"
  t:track "Content Downloaded"
  t:expect { points = { download_spree = -10 } }
  t:advance "1m"
  t:expect { not_holds = { "download_spree" } }
end)
