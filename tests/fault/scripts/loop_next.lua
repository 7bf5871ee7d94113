-- next over many keys is quadratic.
-- expect: fuel
local t = {}
for i = 1, 20000 do t["k" .. i] = i end
for k in next, t do local y = k end
