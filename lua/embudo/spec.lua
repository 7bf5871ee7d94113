-- What a test's `t` does: each command becomes one event of the test's lead, a move of its clock, or an expectation.
local _, host = ...

local spec = {}
local commands = {}

local function check(value, wanted, command, form)
  if type(value) ~= wanted then
    error(command .. " takes a " .. wanted .. ": write " .. form, 0)
  end
end

local function check_optional(value, command, form)
  if value ~= nil then check(value, "table", command, form) end
end

-- A copy with one more field, which the fields given may override.
local function with(fields, key, value)
  local copy = { [key] = value }
  for name, field in pairs(fields or {}) do copy[name] = field end
  return copy
end

function commands.identify(traits)
  check(traits, "table", "t:identify", "t:identify { email = \"ana@acme.example\" }")
  host.test_event { type = "identify", traits = traits }
end

function commands.page(path, properties)
  local form = 't:page("/pricing", { .. })'
  if type(path) == "table" and properties == nil then
    return host.test_event { type = "page", properties = path }
  end
  check(path, "string", "t:page", form)
  check_optional(properties, "t:page", form)
  host.test_event { type = "page", properties = with(properties, "path", path) }
end

function commands.screen(name, properties)
  local form = 't:screen("Plans", { .. })'
  check(name, "string", "t:screen", form)
  check_optional(properties, "t:screen", form)
  host.test_event { type = "screen", name = name, properties = with(properties, "name", name) }
end

function commands.track(name, properties)
  local form = 't:track("Demo Requested", { .. })'
  check(name, "string", "t:track", form)
  check_optional(properties, "t:track", form)
  host.test_event { type = "track", event = name, properties = properties }
end

function commands.group(account, traits)
  local form = 't:group("acme", { employees = 300 })'
  check(account, "string", "t:group", form)
  check_optional(traits, "t:group", form)
  host.test_event { type = "group", groupId = account, traits = traits }
end

function commands.alias(previous)
  check(previous, "string", "t:alias", 't:alias "anonymous-7"')
  host.test_event { type = "alias", previousId = previous }
end

-- What is asked for, by a role's person; the other fields are what the act brings along.
local of_act = {
  userId = true, anonymousId = true, lifecycle = true, to = true, reason = true, override = true, traits = true,
  timestamp = true,
}

local function request(command, name, fields, form)
  check(name, "string", command, form)
  check(fields, "table", command, form)
  local asked = { act = name, actor = fields.actor or "somebody", role = fields.by, properties = {} }
  for key, value in pairs(fields) do
    if of_act[key] then
      asked[key] = value
    elseif key ~= "by" and key ~= "actor" then
      asked.properties[key] = value
    end
  end
  return asked
end

function commands.act(name, fields)
  host.test_act(request("t:act", name, fields, 't:act("accept", { by = "sales", .. })'))
end

function commands.refused(name, fields, code)
  local form = 't:refused("accept", { by = "sales" }, "gate_closed")'
  check(code, "string", "t:refused", form)
  host.test_act(request("t:refused", name, fields, form), code)
end

local outcomes = { asked = true, nothing = true, failed = true }

function commands.answer(call, answer)
  local form = 't:answer("GET https://api.example/x", { json = { employees = 300 } })'
  check(call, "string", "t:answer", form)
  check(answer, "table", "t:answer", form)
  host.test_answer { call = call, answer = answer }
end

function commands.enrich(name, told)
  local form = 't:enrich("company", { ["company.employees"] = 300 })'
  check(name, "string", "t:enrich", form)
  if told == nil then return host.test_enrich { name = name } end
  local outcome = outcomes[told] and told or "answered"
  if outcome == "answered" then check(told, "table", "t:enrich", form) end
  host.test_system_event {
    type = "enrichment", event = name, properties = { outcome = outcome },
      traits = outcome == "answered" and told or nil,
  }
end

function commands.event(event)
  check(event, "table", "t:event", 't:event { type = "page", .. }')
  host.test_event(event)
end

function commands.advance(span)
  check(span, "string", "t:advance", 't:advance "1d"')
  host.test_advance(span)
end

function commands.at(instant)
  check(instant, "string", "t:at", 't:at "2024-02-01T00:00:00Z"')
  host.test_at(instant)
end

function commands.expect(what)
  check(what, "table", "t:expect", "t:expect { scores = { fit = 40 } }")
  host.test_expect(what)
end

-- The one `t` of all tests: it keeps nothing, the host knows the running test.
local methods = {}
spec.t = host.setmetatable({}, {
  __metatable = false,
  __name = "test",
  __index = function(_, name)
    return methods[name] or host.unknown_command(name)
  end,
  __newindex = function() error("t cannot be changed", 0) end,
})

for name, command in pairs(commands) do
  methods[name] = function(self, ...)
    if self ~= spec.t then error("write t:" .. name .. " with a colon", 0) end
    return command(...)
  end
end

return spec
