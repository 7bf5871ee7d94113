-- __close slipped in after setmetatable.
-- expect: error
-- message: non-closable
local m = {}
local t = setmetatable({}, m)
m.__close = function() while true do end end
local x <close> = t
