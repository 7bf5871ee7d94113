-- Integer modulo zero.
-- expect: error
-- message: n%0
return 1 % 0
