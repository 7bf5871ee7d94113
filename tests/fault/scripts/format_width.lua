-- A width no buffer was made for.
-- expect: error
-- message: invalid conversion
return ("%1000d"):format(1)
