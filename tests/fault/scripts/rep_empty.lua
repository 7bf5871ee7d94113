-- rep of nothing, 2^62 times, must not count.
-- expect: ok
return (""):rep(1 << 62)
