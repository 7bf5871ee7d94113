-- Closures for ever.
-- expect: memory fuel
local t = {}
for i = 1, math.maxinteger do t[i] = function() return i, t end end
