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

-- "lead -> mql", or the type when no stage was entered.
local function happened(effect)
  local decision = effect.data.decision
  if effect.data.corrects then return "corrected: what was told of this lead no longer holds" end
  if not decision then return plain(effect.type) end
  return plain(decision.from or "new") .. " → *" .. plain(decision.to) .. "*"
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
