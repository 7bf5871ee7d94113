-- A handler that raises, whose handler raises.
-- expect: ok error fuel depth
return xpcall(error, function() error("again") end)
