-- Wide rows.
-- expect: memory fuel
local t = {}
for i = 1, math.maxinteger do t[i] = table.pack(table.unpack({}, 1, 200)) end
