-- Forging what pairs sees.
-- expect: error
-- message: __pairs
setmetatable({}, { __pairs = function() return next, {} end })
