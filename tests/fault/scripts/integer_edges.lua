-- Integers at their ends: loops end, and nothing wraps into a loop.
-- expect: ok
local n = 0
for i = math.maxinteger - 2, math.maxinteger do n = n + 1 end
for i = math.mininteger + 2, math.mininteger, -1 do n = n + 1 end
for i = 1, math.huge do n = n + 1 if n > 20 then break end end
assert(n == 21)
assert(math.mininteger // -1 == math.mininteger and math.mininteger % -1 == 0)
assert(pcall(function() return 1 // 0 end) == false)
