-- Inserting at the front of a large table moves it all.
-- expect: fuel memory
local t = {}
for i = 1, 50000 do t[i] = i end
while true do table.insert(t, 1, 0) end
