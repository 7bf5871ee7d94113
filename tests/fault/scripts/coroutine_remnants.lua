-- Everything that could make or know a coroutine.
-- expect: error
assert(pcall(function() return coroutine end) == false)
return coroutine.wrap(function() while true do end end)()
