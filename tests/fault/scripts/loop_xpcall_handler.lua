-- A handler that loops after an ordinary error.
-- expect: fuel
xpcall(error, function() while true do end end, "x")
