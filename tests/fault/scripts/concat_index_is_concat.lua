-- table.concat of a table whose __index is table.concat.
-- expect: error
-- message: a plain table
return table.concat(setmetatable({}, { __index = table.concat }), "", 1, 1 << 62)
