-- A handler that hides its loop in a pcall.
-- expect: fuel
xpcall(function() while true do end end, function() pcall(function() while true do end end) end)
