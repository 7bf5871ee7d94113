-- %b on opening brackets only: quadratic.
-- expect: fuel
return ("("):rep(100000):find("%b()")
