-- A bitwise metamethod that never answers, with a text on the left.
-- expect: fuel
return "a" | setmetatable({}, { __bor = function() while true do end end })
