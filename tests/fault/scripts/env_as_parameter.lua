-- _ENV as a parameter, a local, an upvalue: another environment has no library.
-- expect: ok error
local function inside(_ENV) return x end
assert(inside { x = 5 } == 5)
local _ENV = setmetatable({}, { __index = function(_, k) return k end })
return string.format("x")
