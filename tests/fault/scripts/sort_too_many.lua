-- sort of more items than the limit.
-- expect: error fuel
local t = table.move({}, 1, 1, 1, {})
for i = 1, 100001 do t[i] = i end
table.sort(t)
