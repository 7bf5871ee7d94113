-- A library name assigned.
-- expect: error
-- message: part of the notation
local e = _ENV
e.string = {}
