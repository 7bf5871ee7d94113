-- A set that ends in an escape.
-- expect: error
-- message: malformed pattern
return ("x"):find("[%")
