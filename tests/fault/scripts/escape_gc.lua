-- A finaliser runs with hooks off.
-- expect: error
-- message: __gc
setmetatable({}, { __gc = function() while true do end end })
