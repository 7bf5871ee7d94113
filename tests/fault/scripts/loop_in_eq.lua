-- __eq that never answers.
-- expect: fuel
local m = { __eq = function() while true do end end }
return setmetatable({}, m) == setmetatable({}, m)
