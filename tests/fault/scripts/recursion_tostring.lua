-- __tostring calling tostring on itself.
-- expect: error fuel depth
local t
t = setmetatable({}, { __tostring = function() return tostring(t) end })
return tostring(t)
