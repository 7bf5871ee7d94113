-- __tostring that answers something else, and __name.
-- expect: error
local t = setmetatable({}, { __tostring = function() return {} end })
return tostring(t)
