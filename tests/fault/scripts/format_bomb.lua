-- format of large texts, again and again.
-- expect: fuel memory
local s = ("x"):rep(500000)
while true do local t = ("%s%s"):format(s, s) end
