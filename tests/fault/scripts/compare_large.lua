-- Comparing two large texts in each instruction.
-- expect: fuel
local a = ("x"):rep(50000) .. "a"
local b = ("x"):rep(50000) .. "b"
local n = 0
while true do if a < b then n = n + 1 end end
