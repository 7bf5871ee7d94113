-- A set that ends in a range.
-- expect: error
-- message: malformed pattern
return ("x"):find("[a-")
