-- __tostring that never answers.
-- expect: fuel
return tostring(setmetatable({}, { __tostring = function() while true do end end }))
