-- NaN as a key.
-- expect: error
-- message: index is NaN
local t = {}
t[0 / 0] = 1
