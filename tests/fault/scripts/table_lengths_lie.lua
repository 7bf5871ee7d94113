-- Borders: tables with holes as long lists.
-- expect: ok error
local t = {}
for i = 1, 1000 do t[i] = i end
for i = 1, 1000, 2 do t[i] = nil end
t[2 ^ 40] = 1 t[math.maxinteger] = 1 t[math.mininteger] = 1
table.insert(t, 5) table.remove(t) table.concat({}, ("x"):rep(1000), 1, 0)
assert(#table.pack(table.unpack(t, -5, 5)) <= 11)
table.move(t, math.mininteger, math.mininteger + 5, 1)
table.move(t, math.maxinteger - 2, math.maxinteger, 1)
