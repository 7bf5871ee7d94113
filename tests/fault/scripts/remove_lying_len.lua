-- remove from a table whose length lies.
-- expect: error
-- message: a plain table
table.remove(setmetatable({}, { __len = function() return 1 << 62 end }), 1)
