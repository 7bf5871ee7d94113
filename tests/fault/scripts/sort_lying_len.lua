-- sort of a table whose length changes.
-- expect: error
-- message: a plain table
table.sort(setmetatable({}, { __len = function() return 1 << 30 end }))
