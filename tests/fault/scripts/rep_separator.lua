-- rep whose separator makes the size.
-- expect: error
-- message: string.rep would make more than
return (""):rep(1 << 40, "xxxx")
