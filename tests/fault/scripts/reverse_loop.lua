-- A megabyte reversed a turn.
-- expect: fuel memory
local s = ("x"):rep(1000000)
while true do local t = s:reverse() end
