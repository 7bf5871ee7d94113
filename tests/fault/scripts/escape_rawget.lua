-- Reading past a view.
-- expect: error
-- message: not available
return rawget({}, 1)
