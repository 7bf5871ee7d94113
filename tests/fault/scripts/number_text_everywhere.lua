-- Texts for numbers wherever the library takes one.
-- expect: fuel error memory
local s, t = (" "):rep(1000000) .. "1", { 1, 2, 3 }
local tries = {
  function() return ("x"):rep(s) end, function() return table.concat(t, "", s) end, function() return table.unpack(t, s) end,
  function() return table.move(t, s, 2, 3) end, function() table.insert(t, s, 1) end, function() table.remove(t, s) end,
  function() return select(s, 1) end, function() error("x", s) end, function() return string.char(s) end,
  function() return utf8.char(s) end, function() return ("x"):find("x", s) end, function() return ("x"):gsub("x", "y", s) end,
  function() return math.max(s, s) end, function() return ("x"):byte(s) end, function() return utf8.offset("x", s) end,
  function() return tonumber("1", s) end, function() for _ = 1, s do end end, function() return math.tointeger(s) end,
  function() return pairs(t)(t, s) end, function() return ("%f"):format(s) end,
}
while true do for i = 1, #tries do pcall(tries[i]) end end
