-- A generic for's closing value.
-- expect: error
local closed = setmetatable({}, { __close = function() while true do end end })
for _ in next, {}, nil, closed do end
