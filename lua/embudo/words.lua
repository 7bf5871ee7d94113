-- The words of a rule file, made from the reference: what a word is called and takes stands there, once.
local need, host = ...
local phrase = need "phrase"

local words = {} -- of every file
local test_words = {} -- of *_test.lua only
local forms = {} -- of the words that are functions: how each is written, for who writes it alone

-- A selector, matcher, condition or decay: any phrase that is only a name and arguments.
local function constructor(entry)
  local name, kind = entry.name, entry.kind
  local least, most = entry.arity[1], entry.arity[2]
  return function(...)
    local n = select("#", ...)
    if n < least or n > most then
      local wanted = least == most and tostring(least) or least .. " or " .. most
      return phrase.fail(name .. " takes " .. wanted .. (most == 1 and " argument" or " arguments") .. ", not " .. n,
        "write " .. entry.form)
    end
    return phrase.make(kind, name, { n = n, ... })
  end
end

local function refuse_in_functions(kind)
  if host.mode() ~= "load" then
    error(kind .. " declares, so it stands at the top of a file, outside functions", 0)
  end
end

-- rule "ID" { .. }: the name is a declaration that waits for its body.
local function named(entry)
  local kind = entry.name
  return function(name, ...)
    refuse_in_functions(kind)
    if type(name) ~= "string" or select("#", ...) > 0 then
      phrase.fail(kind .. " needs a name before its table", "write " .. entry.form)
      return function() end
    end
    local number = host.open(kind, name)
    return function(body)
      host.close(number, body)
    end
  end
end

-- profile { .. }: once, without a name.
local function nameless(entry)
  local kind = entry.name
  return function(body, ...)
    refuse_in_functions(kind)
    if type(body) ~= "table" or phrase.kind(body) or select("#", ...) > 0 then
      return phrase.fail(kind .. " takes one table and no name", "write " .. entry.form)
    end
    host.close(host.open(kind, ""), body)
  end
end

-- Inside a lifecycle: gate "NAME" { .. } and move { .. }.
local function part(entry)
  return constructor { name = entry.name, kind = "part", arity = { 1, 1 }, form = entry.form }
end

local function word(entry)
  if entry.kind == "noun" then
    return (entry.form:find('"', 1, true) == #entry.name + 2 and named or nameless)(entry)
  elseif entry.kind == "part" then
    return part(entry)
  elseif entry.arity == 0 then
    return phrase.make(entry.kind, entry.name, { n = 0 })
  end
  return constructor(entry)
end

for _, entry in ipairs(need "reference") do
  if entry.name == "test" or entry.name == "property" then
    test_words[entry.name] = word(entry)
  elseif entry.kind == "noun" or entry.kind == "part" or entry.arity then
    words[entry.name] = word(entry)
    if type(words[entry.name]) == "function" then forms[words[entry.name]] = entry.form end
  end
end

return { words = words, test_words = test_words, forms = forms }
