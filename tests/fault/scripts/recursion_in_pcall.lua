-- Endless recursion through pcall fills the C stack.
-- expect: ok error depth fuel
local function f() return pcall(f) end
return f()
