-- %b without its two characters.
-- expect: error
-- message: %b
return ("x"):find("%b")
