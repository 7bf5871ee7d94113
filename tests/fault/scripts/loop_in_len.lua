-- __len that never answers.
-- expect: fuel
return #setmetatable({}, { __len = function() while true do end end })
