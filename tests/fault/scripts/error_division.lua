-- Integer division by zero.
-- expect: error
-- message: divide by zero
return 1 // 0
