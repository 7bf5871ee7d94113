-- unpack of 10^8 values.
-- expect: error
-- message: a range of more than
return table.unpack({}, 1, 1e8)
