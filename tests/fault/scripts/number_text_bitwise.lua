-- Texts in bitwise operations, caught.
-- expect: fuel error
local s = (" "):rep(1000000) .. "1"
while true do pcall(function() return s | 1 end) end
