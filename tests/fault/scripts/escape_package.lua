-- Shared objects.
-- expect: error
-- message: not available
return package.loadlib("libc.so.6", "system")
