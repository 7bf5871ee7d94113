-- offset out of range.
-- expect: error
-- message: position out of bounds
return utf8.offset("abc", 1, 10)
