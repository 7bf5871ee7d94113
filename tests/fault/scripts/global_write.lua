-- A global.
-- expect: error
-- message: assignment to the global "total"
total = 1
