-- char of many values.
-- expect: ok error
return #string.char(table.unpack(table.pack(("x"):rep(5000):byte(1, -1))))
