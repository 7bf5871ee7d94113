-- __eq comparing itself.
-- expect: error fuel depth
local m = {}
m.__eq = function(a, b) return a == b end
return setmetatable({}, m) == setmetatable({}, m)
