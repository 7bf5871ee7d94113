-- An error with a megabyte of text.
-- expect: error
-- message: xxxx
error(("x"):rep(1000000))
