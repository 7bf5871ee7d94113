-- One table of four million slots at once.
-- expect: error
-- message: more than 10000 values
return #table.pack(table.unpack({}, 1, 900000))
