-- One table of four million slots at once.
-- expect: memory error
return #table.pack(table.unpack({}, 1, 900000))
