-- Coroutines do not inherit hooks set later.
-- expect: error
-- message: not available
return coroutine.wrap(function() while true do end end)()
