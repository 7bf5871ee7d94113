-- A __newindex chain of 5000 tables.
-- expect: error
-- message: loop
local t = {}
for i = 1, 5000 do t = setmetatable({}, { __newindex = t }) end
t.x = 1
