-- A float that is no integer.
-- expect: error
-- message: no integer representation
return 1.5 | 1
