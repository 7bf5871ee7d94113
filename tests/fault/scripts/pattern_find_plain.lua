-- Plain search in a large text, again and again.
-- expect: fuel
local s = ("x"):rep(1000000)
while true do s:find("y", 1, true) end
