-- Loops at the ends of the integers, and steps that pass them.
-- expect: ok
local n = 0
for i = math.maxinteger - 1, math.maxinteger do n = n + 1 end
for i = math.mininteger + 1, math.mininteger, -1 do n = n + 1 end
for i = 1, math.huge, math.maxinteger do n = n + 1 end
for i = math.mininteger, math.maxinteger, math.maxinteger do n = n + 1 end
for i = 1, -math.huge do n = n + 1000 end
for i = 1, 0 / 0 do n = n + 1000 end
for i = 3, 1 do n = n + 1000 end
assert(n == 8, n)
