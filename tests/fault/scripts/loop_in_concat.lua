-- __concat that never answers.
-- expect: fuel
return setmetatable({}, { __concat = function() while true do end end }) .. "x"
