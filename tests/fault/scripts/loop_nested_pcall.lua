-- Kill under fifty pcalls.
-- expect: fuel
local function f(n) if n == 0 then while true do end end return pcall(f, n - 1) end
f(50)
