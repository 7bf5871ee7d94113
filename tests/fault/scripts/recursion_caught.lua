-- Recursion caught and tried again, for ever.
-- expect: depth fuel
local function f() return 1 + f() end
while true do pcall(f) end
