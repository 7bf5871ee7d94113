-- Two functions tail-calling each other.
-- expect: fuel
local g
local function f() return g() end
g = function() return f() end
f()
