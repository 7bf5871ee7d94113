-- next after a key of another type.
-- expect: error
-- message: cannot be walked
return next({ 1 }, {})
