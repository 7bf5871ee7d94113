-- Ten thousand values through pcall through select, again and again.
-- expect: fuel memory
local t = {}
for i = 1, 10000 do t[i] = i end
while true do pcall(select, -1, table.unpack(t)) end
