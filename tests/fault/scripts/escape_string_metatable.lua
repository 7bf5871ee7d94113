-- Poisoning the methods of all texts.
-- expect: error
-- message: index a boolean
getmetatable("").__index = function() return "owned" end
