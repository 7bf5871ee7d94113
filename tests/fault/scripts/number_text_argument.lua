-- The same as a position.
-- expect: error
local s = (" "):rep(1000000) .. "1"
while true do local x = ("abc"):sub(s) end
