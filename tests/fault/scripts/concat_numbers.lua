-- Ten thousand fractions written a call.
-- expect: fuel memory
local t = {}
for i = 1, 10000 do t[i] = i / 7 end
while true do table.concat(t) end
