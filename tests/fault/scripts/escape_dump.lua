-- Bytecode.
-- expect: error
-- message: not available
return string.dump(function() end)
