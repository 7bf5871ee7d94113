-- Forging a type's name in messages.
-- expect: error
-- message: __name
setmetatable({}, { __name = "lead" })
