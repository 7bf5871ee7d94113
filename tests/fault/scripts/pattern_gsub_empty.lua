-- Replacing every empty match of a large text, again and again.
-- expect: fuel memory
local s = ("x"):rep(10000)
while true do s = (s:gsub("", "y")):sub(1, 10000) end
