-- __index that never answers.
-- expect: fuel
local t = setmetatable({}, { __index = function() while true do end end })
return t.x
