-- unpack of a table whose length lies.
-- expect: error
-- message: a plain table
return table.unpack(setmetatable({}, { __len = function() return 1 << 62 end }))
