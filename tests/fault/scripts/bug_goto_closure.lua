-- Closures made in a goto loop keep their own variable.
-- expect: ok
local f, i = {}, 1
::top::
do local j = i f[i] = function() return j end end
i = i + 1
if i <= 3 then goto top end
assert(f[1]() == 1 and f[3]() == 3)
