-- Keys for ever.
-- expect: memory fuel
local t = {}
for i = 1, math.maxinteger do t["k" .. i] = i end
