-- Two tables are each other's __index.
-- expect: error
-- message: loop
local a, b = {}, {}
setmetatable(a, { __index = b })
setmetatable(b, { __index = a })
return a.x
