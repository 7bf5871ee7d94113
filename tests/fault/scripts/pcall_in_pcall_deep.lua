-- pcall of pcall of pcall: levels of the C stack.
-- expect: error depth
local function f(n) return pcall(f, n + 1) end
local ok, why = f(1)
error(why or "no end")
