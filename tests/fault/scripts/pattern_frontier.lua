-- Frontiers between greedy runs.
-- expect: fuel
return ("ab "):rep(5000):find(".*%f[%w].*%f[%w].*c")
