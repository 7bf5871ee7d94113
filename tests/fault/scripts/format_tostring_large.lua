-- format of values that make a megabyte each.
-- expect: error fuel
local t = setmetatable({}, { __tostring = function() return ("x"):rep(1000000) end })
while true do local s = ("%s%s%s"):format(t, t, t) end
