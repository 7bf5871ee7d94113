-- A megabyte of digits is added to, each a conversion within one instruction.
-- expect: error
local s = ("7"):rep(1000000)
while true do local x = s + 1 end
