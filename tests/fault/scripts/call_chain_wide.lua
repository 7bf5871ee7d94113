-- A thousand tables that call each other.
-- expect: ok error
local f = function() end
for i = 1, 1000 do f = setmetatable({}, { __call = f }) end
f()
