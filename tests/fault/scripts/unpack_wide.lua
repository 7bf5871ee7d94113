-- unpack of the whole integer range.
-- expect: error
-- message: a range of more than
return table.unpack({}, math.mininteger, math.maxinteger)
