-- Poisoning the string library.
-- expect: error
-- message: read-only
local s = string
s.len = function() return 42 end
