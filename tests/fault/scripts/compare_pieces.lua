-- Texts full of NULs: Lua compares each piece between two of them on its own, all in one instruction.
-- expect: fuel
local a = ("x\0"):rep(400000) .. "a"
local b = ("x\0"):rep(400000) .. "b"
while true do if a <= b then end end
