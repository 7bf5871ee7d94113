-- What wraps around: the smallest number divided by -1, a shift by the smallest number.
-- expect: ok
local a, b, c = math.mininteger // -1, math.mininteger % -1, 1 << math.mininteger
return a + b + c
