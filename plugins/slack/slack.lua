-- What Slack's mrkdwn would read as markup.
local function plain(text)
  return (tostring(text):gsub("[&<>]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" }))
end

local function name_of(data)
  local profile = data.profile or {}
  local name = profile.name or profile.email or data.lead.id
  if profile.name and profile.email then name = profile.name .. " (" .. profile.email .. ")" end
  local company = profile.company
  if type(company) == "string" then name = name .. ", " .. company end
  return plain(name)
end

-- "first_touch *breached*, due 2026-03-02T10:00:00Z, for sales_manager"
local function of_clock(clock)
  local due = clock.due_at and ", due " .. plain(clock.due_at) or ""
  return plain(clock.sla) .. " *" .. plain(clock.what) .. "*" .. due .. (clock.escalate and ", for " .. plain(clock.escalate) or "")
end

-- "lead -> mql", a clock, an act and who did it; the type when it is something else.
local function happened(effect)
  local data = effect.data
  local decision, event = data.decision, data.event
  if data.corrects then return "corrected: what was told of this lead no longer holds" end
  if decision then return plain(decision.from or "new") .. " → *" .. plain(decision.to) .. "*" end
  if data.clock then return of_clock(data.clock) end
  if event and event.act then return "*" .. plain(event.act) .. "* by " .. plain(event.actor) end
  return plain(effect.type)
end

local function standing(data)
  local parts = {}
  if data.standing and data.standing.grade then parts[#parts + 1] = "grade " .. plain(data.standing.grade) end
  for name, points in pairs(data.standing and data.standing.scores or {}) do
    parts[#parts + 1] = plain(name) .. " " .. tostring(points)
  end
  return table.concat(parts, " · ")
end

local function text_of(effect)
  local data = effect.data
  local lines = { "*" .. name_of(data) .. "*: " .. happened(effect) }
  local stands = standing(data)
  if stands ~= "" then lines[#lines + 1] = stands end
  if data.brief and data.brief.reasons ~= "" then lines[#lines + 1] = plain(data.brief.reasons) end
  if data.url then lines[#lines + 1] = "<" .. data.url .. "|Why, in full>" end
  return table.concat(lines, "\n")
end

renderer "slack" {
  doc = "A channel in Slack, by its incoming webhook or by a bot's token",
  render = function(effect)
    local options, text = effect.options, text_of(effect)
    if not options.token then return { body = { text = text } } end
    return {
      url = "https://slack.com/api/chat.postMessage",
      headers = { authorization = { "Bearer ", options.token }, ["content-type"] = "application/json; charset=utf-8" },
      body = { channel = options.channel or error("options.channel is not set"), text = text },
    }
  end,
  -- A webhook says "ok"; the API answers 200 with ok = false when it refuses.
  accepts = function(answer)
    if not answer.json then return answer.text == "ok" or answer.text end
    return answer.json.ok or answer.json.error
  end,
}
