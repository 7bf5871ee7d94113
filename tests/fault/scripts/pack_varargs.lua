-- A table of five thousand values made of the arguments of each call.
-- expect: fuel
local function f(...) return { ... } end
local t = {}
for i = 1, 5000 do t[i] = i end
while true do f(table.unpack(t)) end
