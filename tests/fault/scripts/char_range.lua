-- char of values out of range.
-- expect: error
-- message: out of range
return string.char(256)
