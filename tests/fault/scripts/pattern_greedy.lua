-- Nested greedy captures.
-- expect: fuel
return ("a"):rep(5000):find("(.*)(.*)(.*)b")
