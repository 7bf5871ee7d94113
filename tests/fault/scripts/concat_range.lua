-- table.concat over 2^62 items.
-- expect: error
-- message: a range of more than
return table.concat({}, "", 1, 1 << 62)
