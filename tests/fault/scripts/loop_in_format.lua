-- __tostring that never answers, reached from format.
-- expect: fuel
return ("%s"):format(setmetatable({}, { __tostring = function() while true do end end }))
