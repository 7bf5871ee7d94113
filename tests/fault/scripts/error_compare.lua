-- Comparing different types.
-- expect: error
-- message: compare
return 1 < "2"
