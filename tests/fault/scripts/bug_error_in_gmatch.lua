-- gmatch that fails in its first call and is called again.
-- expect: error ok
local it = ("x"):rep(10):gmatch(("x?"):rep(300))
pcall(it)
return it()
