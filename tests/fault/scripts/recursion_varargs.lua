-- Recursion that doubles its arguments: the stack is the bomb.
-- expect: memory depth fuel error
local function f(...) return 1 + f(1, ...) end
return f()
