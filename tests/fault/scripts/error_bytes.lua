-- A message that is not UTF-8.
-- expect: error
-- message: ????
error("\xff\xfe\xc0\x80", 0)
