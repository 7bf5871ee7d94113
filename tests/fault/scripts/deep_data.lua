-- A structure 10 000 levels deep.
-- expect: ok
local t = {}
local d = t
for i = 1, 10000 do d.next = {} d = d.next end
return type(t.next.next)
