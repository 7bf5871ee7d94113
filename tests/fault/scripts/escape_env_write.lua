-- A global by way of _ENV.
-- expect: error
-- message: assignment to the global
local e = _ENV
e.x = 1
