-- A plain search that naive algorithms make quadratic.
-- expect: fuel
local s, p = ("a"):rep(500000), ("a"):rep(250000) .. "b"
while true do s:find(p, 1, true) end
