-- Two lazy stars on a large text: quadratic.
-- expect: fuel
return ("a"):rep(100000):find(".-.-b")
