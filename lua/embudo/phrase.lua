-- Phrases: the selectors, matchers, conditions, decays and parts that a rule file is made of.
--
-- A phrase is an empty table with a hidden metatable; what it says is kept in host.contents, where no rule file can
-- change or forge it. The host reads it from there: kind, name, file, line, its n arguments, and a selector's serial.
local _, host = ...
local contents = host.contents -- phrase -> what it says; weak in its keys

local phrase = {}
local meta = { __metatable = false, __name = "phrase" }

local words = {
  selector = "a selector", matcher = "a matcher", condition = "a condition", decay = "a decay",
  step = "a step of a sequence", part = "a part of a lifecycle", secret = "a secret", answer = "an answer",
}

local serial = 0

-- Stands for what was already reported as wrong, so that one mistake is one message.
phrase.nothing = host.setmetatable({}, meta)
contents[phrase.nothing] = { kind = "nothing", name = "nothing", n = 0 }

-- A mistake in a declaration: noted with its place, and reading goes on. In a running function it is an error.
function phrase.fail(text, hint)
  if host.mode() ~= "load" then
    error(hint and text .. ": " .. hint or text, 0)
  end
  host.problem(text, hint)
  return phrase.nothing
end

function phrase.kind(value)
  local content = contents[value]
  return content and content.kind
end

-- What a value is, for messages: `a matcher (glob)`, `a text ("b")`.
function phrase.describe(value)
  local content = value ~= nil and contents[value]
  if content then
    return words[content.kind] .. " (" .. content.name .. ")"
  elseif type(value) == "string" then
    return 'a text ("' .. value:sub(1, 40) .. '")'
  elseif type(value) == "number" then
    return "a number (" .. tostring(value) .. ")"
  elseif value == nil then
    return "nil"
  end
  return "a " .. type(value)
end

-- What may be made where: everything while files load, matchers in tests, nothing in rule functions.
local function refuse_at_run_time(kind, name)
  local mode = host.mode()
  if mode == "load" or (mode == "test" and (kind == "matcher" or kind == "condition")) then return end
  if kind == "secret" and (mode == "enrich" or name == "hmac") then return end
  if kind == "selector" then
    error("declare the selector outside the function: local seen_it = " .. name .. " { .. }", 0)
  end
  if kind == "secret" then
    error("a secret cannot be named in this function; a destination has them in options, its functions in "
      .. "effect.options", 0)
  end
  error(name .. " declares, so it stands outside functions; inside, compare values: lead.scores.fit >= 40", 0)
end

local function touches_nothing(args)
  for i = 1, args.n do
    if args[i] == phrase.nothing then return true end
  end
  return false
end

function phrase.make(kind, name, args)
  refuse_at_run_time(kind, name)
  if touches_nothing(args) then return phrase.nothing end
  for i = 1, args.n do
    if args[i] == nil then
      return phrase.fail(name .. "'s argument " .. i .. " is nil", "was the name ever given a value?")
    end
  end
  args.kind, args.name = kind, name
  args.file, args.line = host.where()
  if kind == "selector" then
    serial = serial + 1
    args.serial = serial
  end
  local object = host.setmetatable({}, meta)
  contents[object] = args
  return object
end

-- The kind an operand has for & | ~: functions are conditions.
local function operand(value)
  local content = value ~= nil and contents[value]
  if content then return content.kind end
  return type(value) == "function" and "condition" or nil
end

local function mixed(op, a, b)
  local plain = type(a) == "string" and a or type(b) == "string" and b
  local text = phrase.describe(a) .. " and " .. phrase.describe(b) .. " do not combine with " .. op
  if plain then return phrase.fail(text, 'for "equals one of these" write one_of { "' .. plain .. '", .. }') end
  return phrase.fail(text, "both sides are selectors, both matchers, or both conditions")
end

local combines = { selector = true, matcher = true, condition = true }

local OPERANDS_MAX = 1000 -- of one chain of & or |: each phrase holds the one before it

local function combine(op)
  return function(a, b)
    local left, right = operand(a), operand(b)
    if left == "nothing" or right == "nothing" then return phrase.nothing end
    if left ~= right or not combines[left] then return mixed(op, a, b) end
    local before = contents[a]
    local operands = (before and before.name == op and before.operands or 1) + 1
    if operands > OPERANDS_MAX then
      return phrase.fail("more than " .. OPERANDS_MAX .. " parts joined by " .. op,
        "values belong into one_of { .. }, or into a list: listed \"name\"")
    end
    return phrase.make(left, op, { n = 2, operands = operands, a, b })
  end
end

meta.__band = combine("&")
meta.__bor = combine("|")

function meta.__bnot(a)
  local kind = operand(a)
  if kind == "nothing" then return a end
  if kind ~= "matcher" and kind ~= "condition" then
    return phrase.fail("~ before " .. phrase.describe(a) .. " says nothing", "~ negates matchers and conditions")
  end
  return phrase.make(kind, "~", { n = 1, a })
end

-- track "Name" { .. } and its like take their table in a second call.
local extended = { track = true, act = true, page = true, screen = true, gate = true, criterion = true }

function meta.__call(self, body, ...)
  local content = contents[self]
  if content.kind == "nothing" then return self end
  local named = content.n == 1 and (type(content[1]) == "string" or contents[content[1]])
  local fits = type(body) == "table" and not contents[body] and select("#", ...) == 0
  if not (extended[content.name] and named and fits) then
    return phrase.fail(content.name .. " cannot be called with " .. phrase.describe(body),
      "is a comma missing before it?")
  end
  return phrase.make(content.kind, content.name, { n = 2, content[1], body })
end

function meta.__index(self, key)
  if self == phrase.nothing then return self end
  error(phrase.describe(self) .. " has no field " .. phrase.describe(key), 0)
end

function meta.__newindex(self)
  error(phrase.describe(self) .. " cannot be changed", 0)
end

host.combines_functions(meta.__band, meta.__bor, meta.__bnot)

return phrase
