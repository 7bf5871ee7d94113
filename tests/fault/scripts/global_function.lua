-- A global function.
-- expect: error
-- message: local function helper
function helper() end
