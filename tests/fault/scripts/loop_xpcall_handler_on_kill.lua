-- A handler that loops when the kill itself arrives: hooks are off in there.
-- expect: fuel
xpcall(function() while true do end end, function() while true do end end)
