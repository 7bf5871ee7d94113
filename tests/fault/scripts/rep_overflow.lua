-- rep whose size wraps around.
-- expect: error
-- message: string.rep would make more than
return ("xx"):rep(math.maxinteger)
