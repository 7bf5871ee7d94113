-- Tail calls need no stack and never overflow.
-- expect: fuel
local function f() return f() end
f()
