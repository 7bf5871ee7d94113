-- A __call chain of 5000 tables.
-- expect: error fuel memory
local t = error
for i = 1, 5000 do t = setmetatable({}, { __call = t }) end
return t()
