-- A megabyte of hexadecimal digits, which wrap around.
-- expect: error
local s = "0x" .. ("f"):rep(1000000)
while true do local x = s * 1.0 end
