-- The debug library.
-- expect: error
-- message: not available
return debug.getregistry()
