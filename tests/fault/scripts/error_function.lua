-- error with a function.
-- expect: error
-- message: a function
error(function() end)
