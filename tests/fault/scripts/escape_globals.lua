-- The table of globals.
-- expect: error
-- message: not available
return _G
