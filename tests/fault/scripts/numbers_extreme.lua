-- Numbers at their ends.
-- expect: ok
assert(math.maxinteger + 1 == math.mininteger and 1 / 0 > 1e308 and 0 / 0 ~= 0 / 0)
return 2 ^ 1024
