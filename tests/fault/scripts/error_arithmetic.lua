-- Arithmetic on nothing names the variable.
-- expect: error
-- message: local 'points'
local points
return points + 1
