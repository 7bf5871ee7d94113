-- An __index chain of 5000 tables.
-- expect: error
-- message: loop
local t = {}
for i = 1, 5000 do t = setmetatable({}, { __index = t }) end
return t.x
