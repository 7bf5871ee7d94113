-- Assignments that chase each other in a circle.
-- expect: error
-- message: possible loop
local a, b = {}, {}
setmetatable(a, { __newindex = b })
setmetatable(b, { __newindex = a })
a.x = 1
