-- Loop under xpcall with a handler.
-- expect: fuel
xpcall(function() while true do end end, function() return 1 end)
return "survived"
