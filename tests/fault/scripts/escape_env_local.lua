-- A local _ENV is the script's own table and reaches nothing.
-- expect: error
-- message: nil value
local _ENV = {}
return string.len("x")
