-- sort of one long text, ten thousand times: each comparison reads it all.
-- expect: fuel
local s, t = ("x"):rep(1000000), {}
for i = 1, 10000 do t[i] = s end
table.sort(t)
