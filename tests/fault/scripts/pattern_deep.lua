-- More backtracking points than the C stack should hold.
-- expect: error fuel
return ("a"):rep(5000):match(("a?"):rep(4000))
