-- More code points than the stack holds.
-- expect: error memory
-- message: more than 10000 results
return select("#", utf8.codepoint(("x"):rep(1000000), 1, -1))
