-- A hundred thousand dimensions.
-- expect: ok error fuel memory
local t = {}
for i = 1, 100000 do t["d" .. i] = i end
return t
