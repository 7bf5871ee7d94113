-- An iterator that outlives its loop.
-- expect: ok
local keep
for w in ("a b c"):gmatch("%a") do keep = keep or ("a b c"):gmatch("%a") end
return keep() .. keep()
