-- byte of a megabyte: more values than the stack holds.
-- expect: error memory
-- message: more than 10000 results
return select("#", ("x"):rep(1000000):byte(1, -1))
