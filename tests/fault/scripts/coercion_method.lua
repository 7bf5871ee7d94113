-- Methods added to texts and numbers.
-- expect: error
local s = "text"
assert(not pcall(function() s.size = 1 end))
assert(not pcall(setmetatable, "", { __index = {} }))
function string.leak() return 1 end
