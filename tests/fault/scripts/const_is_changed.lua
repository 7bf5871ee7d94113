-- A constant changed through load's absence and a closure.
-- expect: error
local x <const> = { 1 }
x[1] = 2
local f = function() return x end
assert(f()[1] == 2)
return loadstring("x = 3")
