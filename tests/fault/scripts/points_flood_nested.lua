-- Tables in tables as the answer, endless in depth.
-- expect: ok error
local t = {}
t.engagement = t
return t
