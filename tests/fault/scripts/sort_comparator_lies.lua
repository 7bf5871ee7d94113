-- Comparators that say yes to everything, no to everything, and change the items.
-- expect: ok fuel
local t = {}
for i = 1, 2000 do t[i] = (i * 7919) % 1000 end
table.sort(t, function() return true end)
table.sort(t, function() return false end)
local n = 0
table.sort(t, function(a, b) n = n + 1 t[1] = nil t[#t + 1] = n return n % 3 == 0 end)
