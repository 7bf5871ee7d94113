-- Assigning, clearing and adding fields during a walk.
-- expect: ok
local t = { a = 1, b = 2, c = 3 }
for k in pairs(t) do t[k] = nil t[k .. k] = 1 end
return #t
