-- Many middling texts.
-- expect: memory fuel
local t, s = {}, ("x"):rep(10000)
for i = 1, math.maxinteger do t[i] = s .. i end
