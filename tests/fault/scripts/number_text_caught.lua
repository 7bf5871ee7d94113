-- The same where its refusal is caught.
-- expect: fuel
local s = ("7"):rep(1000000)
while true do pcall(function() return s * s end) end
