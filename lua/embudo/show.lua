-- Values as one would write them, for who asks a question: show(value, ..) is a text. Tables in tables are shown four
-- deep, and so many fields each.
local DEEPEST <const>, MOST <const> = 4, 40

local show_value

local ESCAPES <const> = { ["\\"] = "\\\\", ['"'] = '\\"', ["\n"] = "\\n" }

local function show_text(text)
  return '"' .. text:gsub('[\\"\n]', ESCAPES) .. '"'
end

local function show_key(key)
  if type(key) == "string" and key:find("^[%a_][%w_]*$") then return key end
  return "[" .. show_value(key, DEEPEST) .. "]"
end

-- What can be walked: tables, and the views of objects and lists.
local function show_fields(value, depth)
  local parts, list = {}, 0
  for key, field in pairs(value) do
    if #parts == MOST then
      parts[#parts + 1] = ".."
      break
    end
    local shown = show_value(field, depth + 1)
    if key == list + 1 then
      list = key
      parts[#parts + 1] = shown
    else
      parts[#parts + 1] = show_key(key) .. " = " .. shown
    end
  end
  return #parts == 0 and "{}" or "{ " .. table.concat(parts, ", ") .. " }"
end

function show_value(value, depth)
  local kind = type(value)
  if kind == "string" then return show_text(value) end
  if kind ~= "table" and kind ~= "userdata" then return tostring(value) end
  if depth >= DEEPEST then return "{ .. }" end
  local fine, shown = pcall(show_fields, value, depth)
  return fine and shown or tostring(value)
end

return function(...)
  local parts = {}
  for i = 1, select("#", ...) do parts[i] = show_value((select(i, ...)), 0) end
  return table.concat(parts, ", ")
end
