-- Each replacement makes the text twice as long.
-- expect: fuel memory error
local s = "x"
while true do s = s:gsub("x", "xx") end
