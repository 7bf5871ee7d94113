-- More code points than the stack holds.
-- expect: error memory
return select("#", utf8.codepoint(("x"):rep(1000000), 1, -1))
