-- gsub within gsub within gsub: the C stack.
-- expect: error fuel depth
local function f() return (("a"):gsub("a", f)) end
return f()
