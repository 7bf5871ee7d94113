-- An iterator called again after its error.
-- expect: error ok fuel
local it = ("abc"):gmatch("(")
pcall(it)
pcall(it)
return it()
