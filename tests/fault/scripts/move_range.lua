-- table.move over 2^40 items.
-- expect: error
-- message: a range of more than
return table.move({}, 1, 1 << 40, 2)
