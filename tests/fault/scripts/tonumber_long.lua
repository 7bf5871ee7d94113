-- A megabyte of digits a turn.
-- expect: fuel
local s = ("1"):rep(1000000)
while true do tonumber(s) end
