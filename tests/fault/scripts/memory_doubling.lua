-- A text that doubles.
-- expect: memory fuel
local s = "x"
while true do s = s .. s end
