-- An error whose __tostring never ends, and an error whose __tostring raises it again.
-- expect: error
local function raises(t) error(t) end
local e = setmetatable({}, { __tostring = raises, __name = ("x"):rep(100000), __concat = raises, __index = raises })
pcall(error, e)
error(setmetatable({}, { __tostring = function() while true do end end }))
