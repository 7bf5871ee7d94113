-- A base that is none.
-- expect: error
-- message: base out of range
return tonumber("10", 99)
