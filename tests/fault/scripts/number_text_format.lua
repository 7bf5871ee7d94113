-- Texts for numbers in format.
-- expect: error
local s = (" "):rep(1000000) .. "1"
while true do local x = ("%d"):format(s) end
