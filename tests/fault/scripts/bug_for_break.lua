-- break out of nested generic loops.
-- expect: ok
local n = 0
for i = 1, 3 do for k in pairs({ a = 1, b = 2 }) do n = n + 1 if k then break end end end
assert(n == 3)
