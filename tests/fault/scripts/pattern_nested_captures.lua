-- Captures in captures, and positions, many a match.
-- expect: fuel memory error
local p = ("("):rep(32) .. "." .. (")"):rep(32)
while true do ("x"):rep(1000):gsub(p, "%1%32") end
