-- next of a table that was large and is empty.
-- expect: fuel
local t = {}
for i = 1, 30000 do t["k" .. i] = i end
for i = 1, 30000 do t["k" .. i] = nil end
while true do next(t) end
