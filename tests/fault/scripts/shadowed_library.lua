-- Local names may shadow the library.
-- expect: ok
local string, table = { len = function() return 5 end }, nil
assert(string.len() == 5 and ("abc"):len() == 3)
