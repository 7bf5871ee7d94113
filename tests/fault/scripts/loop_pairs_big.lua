-- pairs of a large table, again and again.
-- expect: fuel
local t = {}
for i = 1, 10000 do t["k" .. i] = i end
while true do for k in pairs(t) do local y = k break end end
