-- A comparator that sorts the table that is being sorted.
-- expect: fuel error depth
local t = {}
for i = 1, 100 do t[i] = i % 7 end
local function by(a, b) table.sort(t, by) return a < b end
table.sort(t, by)
