-- Giving the event another metatable.
-- expect: error
return setmetatable(event, { __index = function() return 1000 end })
