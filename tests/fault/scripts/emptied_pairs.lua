-- Walking a table that was large and is empty: its places are still there.
-- expect: fuel
local t = {}
for i = 1, 30000 do t[i] = i end
for i = 1, 30000 do t[i] = nil end
while true do for _ in pairs(t) do end end
