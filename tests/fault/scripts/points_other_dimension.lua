-- Points for a dimension that nobody declared.
-- expect: ok error
return { [("x"):rep(1000)] = 1 }
