-- nil as a key.
-- expect: error
-- message: index is nil
local t = {}
t[nil] = 1
