-- Calling nothing.
-- expect: error
-- message: field 'run'
local t = {}
return t.run()
