-- To-be-closed variables run code while unwinding.
-- expect: error
-- message: __close
local x <close> = setmetatable({}, { __close = function() while true do end end })
