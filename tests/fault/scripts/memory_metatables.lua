-- Metatables for ever.
-- expect: memory fuel
local t, mt = {}, { __index = {} }
for i = 1, math.maxinteger do t[i] = setmetatable({}, mt) end
