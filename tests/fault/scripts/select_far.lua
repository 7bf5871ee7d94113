-- select out of range.
-- expect: error
-- message: index out of range
return select(-5, 1, 2)
