-- select from the end, beyond the beginning.
-- expect: error
return select(-5, 1, 2)
