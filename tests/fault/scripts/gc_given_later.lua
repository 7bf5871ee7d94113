-- A finaliser put into a metatable that is in use already.
-- expect: fuel
local m = {}
local t = setmetatable({}, m)
m.__gc = function() while true do end end
t = nil
while true do local garbage = {} end
