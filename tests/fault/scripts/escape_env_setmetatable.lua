-- A new metatable for the environment.
-- expect: error
-- message: protected
setmetatable(_ENV, nil)
