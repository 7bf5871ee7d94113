-- Another environment for the rest of the function: its names are its own.
-- expect: ok error
local _ENV = {}
x = 1
return x
