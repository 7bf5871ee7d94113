-- Code from text.
-- expect: error
-- message: not available
return load("return 1")()
