-- A value called as a method.
-- expect: error
-- message: index a number
local n = 5
return n:method()
