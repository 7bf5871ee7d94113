-- The environment's metatable.
-- expect: error
-- message: index a boolean
getmetatable(_ENV).__newindex = nil
