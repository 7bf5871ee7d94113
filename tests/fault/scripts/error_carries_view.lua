-- What is carried out by an error is no way to keep it.
-- expect: error
local ok, what = pcall(error, setmetatable({}, { __index = function(_, k) return k end }))
assert(not ok and what.anything == "anything")
error(what)
