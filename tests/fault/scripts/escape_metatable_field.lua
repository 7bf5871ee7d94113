-- Hiding a metatable.
-- expect: error
-- message: __metatable
setmetatable({}, { __metatable = "locked" })
