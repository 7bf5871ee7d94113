-- Three lazy stars: cubic.
-- expect: fuel
return ("a"):rep(10000):find(".-.-.-b")
