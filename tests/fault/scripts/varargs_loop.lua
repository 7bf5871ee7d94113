-- Passing ten thousand values on, again and again: each time they are copied.
-- expect: fuel
local function f(...) while true do local n = select("#", ...) end end
f(table.unpack({}, 1, 10000))
