-- Back references over long captures.
-- expect: fuel
return ("a"):rep(20000):find("(a*)(a*)%1%2b")
