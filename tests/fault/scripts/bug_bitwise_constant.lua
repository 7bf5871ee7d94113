-- Bitwise operators with constants in a function of many constants.
-- expect: ok
local x = 7
assert((x & 3) == 3 and (x | 8) == 15 and (x ~ 2) == 5 and (3 & x) == 3)
assert((x << 1) == 14 and (x >> 1) == 3 and (1 << x) == 128)
