-- insert into a table whose length lies.
-- expect: error
-- message: a plain table
table.insert(setmetatable({}, { __len = function() return 1 << 62 end }), 1, 1)
