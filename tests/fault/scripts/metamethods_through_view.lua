-- Views of lead and event as operands of tables that have metamethods.
-- expect: error
local seen
local trap = setmetatable({}, { __eq = function(a, b) seen = b return true end, __lt = function(a, b) return true end,
  __concat = function(a, b) return "c" end, __add = function(a, b) return 1 end, __index = lead })
assert(trap .. event == "c" and trap + event.properties == 1)
event.properties.n = 5
lead.traits.x = 1
return trap < event
