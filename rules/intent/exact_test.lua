-- What every rule of intent gives, how often it counts, and how it fades: at the exact instants.
local function track(name, properties)
  return function(t) t:track(name, properties) end
end

local function page(path)
  return function(t) t:page(path) end
end

local RULES = {
  { "asked_demo",          40,  1, "14d", line = "60d", on = track "Demo Requested" },
  { "asked_quote",         45,  1, "14d", line = "60d", on = track "Quote Requested" },
  { "asked_contact",       30,  1, "14d", line = "45d", on = track("Form Submitted", { form = "contact_sales" }) },
  { "interested_on_phone", 25,  1, "1d",  line = "60d", on = track("Call Completed", { outcome = "interested" }) },
  { "compares",            10,  2, "14d", half = "14d", on = page "/compare/spreadsheet" },
  { "decider_at_prices",   10,  1, "14d", half = "14d", on = page "/pricing", title = "CTO" },
  { "not_now",             -30, 1, "30d", line = "90d", on = track "Project Postponed" },
  { "demo_cancelled",      -20, 1, "14d", line = "60d", on = track "Demo Cancelled" },
  { "trial_seats",         12,  1, "14d", line = "30d", on = track("Trial Started", { seats = 12 }) },
  { "topic_scoring",       1,   10, "30d", half = "30d", on = page "/product/scoring" },
  { "topic_integration",   1,   10, "30d", half = "30d", on = page "/integrations" },
  { "topic_security",      1,   10, "30d", half = "30d", on = page "/security" },
}

local function minutes_of(span)
  return tonumber(span:sub(1, -2)) * 1440
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

local function left(rule, minutes)
  if rule.half then return 0.5 ^ (minutes / minutes_of(rule.half)) end
  return math.max(0, 1 - minutes / minutes_of(rule.line))
end

local function about(points)
  return between(points - 0.01, points + 0.01)
end

for _, rule in ipairs(RULES) do
  local id, points, times, per = rule[1], rule[2], rule[3], rule[4]

  test(id .. ": so many points, so many times, and what is left of them") (function(t)
    t:identify { title = rule.title or "Buyer" }
    for n = 1, times + 1 do
      rule.on(t)
      t:expect { points = { [id] = points * math.min(n, times) } }
    end
    local span = minutes_of(rule.half or rule.line)
    pass(t, span // 2)
    t:expect { points = { [id] = about(points * times * left(rule, span // 2)) } }
  end)

  test(id .. ": counts again when the span is over, and not before") (function(t)
    t:identify { title = rule.title or "Buyer" }
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

test "a wish is the same by form, by phone and by mail" (function(t)
  t:track("Form Submitted", { form = "demo" })
  t:expect { points = { asked_demo = 40 } }
  t:track("Form Submitted", { form = "presupuesto" })
  t:expect { points = { asked_quote = 45 } }
end)

test "either way of putting it off counts" (function(t)
  t:track("Call Completed", { outcome = "not_now" })
  t:expect { points = { not_now = -30 } }
end)

test "a demonstration missed is as bad as one cancelled" (function(t)
  t:track "Demo Missed"
  t:expect { points = { demo_cancelled = -20 } }
end)

test "what they download says what interests them" (function(t)
  t:track("Content Downloaded", { topic = "integration" })
  t:track("Content Downloaded", { topic = "security" })
  t:expect { interest = { scoring = 0, integration = 1, security = 1 } }
end)

test "prices twice a week count twice in thirty days" (function(t)
  for _ = 1, 6 do t:page "/pricing" end
  t:expect { points = { pricing_twice = 30 } }
  pass(t, minutes_of "30d" - 1)
  t:page "/pricing"
  t:page "/pricing"
  t:expect { points = { pricing_twice = below(15) } }
  t:advance "1m"
  t:page "/pricing"
  t:page "/pricing"
  t:expect { points = { pricing_twice = about(30 * 0.5 ^ (30 / 14) + 15) } }
end)

test "one look at prices and a demonstration is no hot sequence" (function(t)
  t:page "/pricing"
  t:track "Demo Requested"
  t:expect { not_holds = { "hot_sequence" } }
end)

test "a hot sequence takes less than two weeks" (function(t)
  t:page "/pricing"
  t:page "/pricing"
  t:advance "13d23h59m"
  t:track("Form Submitted", { form = "demo" })
  t:expect { points = { hot_sequence = 30 } }
end)

test "two weeks are too slow for a hot sequence" (function(t)
  t:page "/pricing"
  t:page "/pricing"
  t:advance "14d"
  t:track "Demo Requested"
  t:expect { not_holds = { "hot_sequence" } }
end)

test "a hot sequence counts once in thirty days" (function(t)
  local function sequence()
    t:page "/pricing"
    t:page "/pricing"
    t:track "Demo Requested"
  end
  sequence()
  pass(t, minutes_of "30d" - 1)
  sequence()
  t:expect { points = { hot_sequence = 15 } }
  t:advance "1m"
  sequence()
  t:expect { points = { hot_sequence = 30 } }
end)
