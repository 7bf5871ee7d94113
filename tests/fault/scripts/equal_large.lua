-- Two equal large texts that are not the same object.
-- expect: fuel
local a = ("x"):rep(50000) .. "a"
local b = ("x"):rep(50000) .. "a"
local n = 0
while true do if a == b then n = n + 1 end end
