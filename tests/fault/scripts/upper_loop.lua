-- A megabyte of upper case a turn.
-- expect: fuel memory
local s = ("x"):rep(1000000)
while true do local t = s:upper() end
