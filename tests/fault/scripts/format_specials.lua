-- Conversions that read memory.
-- expect: error
-- message: invalid conversion
return ("%n%s%s%s"):format(1, 2, 3)
