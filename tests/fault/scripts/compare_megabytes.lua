-- Comparing two texts of a megabyte in each instruction, by order, by equality, and as keys.
-- expect: fuel
local s = ("x"):rep(1000000)
local a, b, c, t = s .. "a", s .. "b", s .. "a", {}
t[a] = 1
local n = 0
while true do if a < b then n = n + 1 end if a == c then n = n + t[c] end end
