-- rep to 2^62 bytes.
-- expect: error
-- message: string.rep would make more than
return ("x"):rep(1 << 62)
