-- An order that contradicts itself.
-- expect: ok
local t = {}
for i = 1, 300 do t[i] = i % 7 end
local n = 0
table.sort(t, function(a, b) n = n + 1 return n % 3 == 0 end)
return #t
