-- Modules.
-- expect: error
-- message: not available
return require("os")
