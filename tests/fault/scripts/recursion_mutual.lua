-- Endless mutual recursion.
-- expect: depth
local g
local function f() return 1 + g() end
g = function() return 1 + f() end
return f()
