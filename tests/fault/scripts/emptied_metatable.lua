-- Metamethods copied from a table that was large and is empty.
-- expect: fuel
local t = {}
for i = 1, 30000 do t[i] = i end
for i = 1, 30000 do t[i] = nil end
while true do setmetatable({}, t) end
