-- A pattern that ends in its escape.
-- expect: error
-- message: malformed pattern
return ("x"):find("%")
