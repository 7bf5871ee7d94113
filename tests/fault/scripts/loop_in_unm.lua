-- Arithmetic metamethods that never answer.
-- expect: fuel
return -setmetatable({}, { __unm = function() while true do end end })
