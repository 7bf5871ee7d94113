-- A pattern that doubles itself through gsub.
-- expect: fuel memory error
local s = "a"
while true do s = s:gsub("a", "aa") end
