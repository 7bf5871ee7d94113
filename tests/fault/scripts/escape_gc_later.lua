-- A finaliser slipped in after setmetatable.
-- expect: ok
local m = {}
local t = setmetatable({}, m)
m.__gc = function() while true do end end
t = nil
local s = ("x"):rep(100000)
for i = 1, 100 do local u = s .. i end
return "collected"
