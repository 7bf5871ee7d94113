-- error with a table whose __tostring loops: nobody asks it.
-- expect: error
-- message: a table
error(setmetatable({}, { __tostring = function() while true do end end }))
