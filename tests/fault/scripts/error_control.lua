-- Control characters and a log line of its own.
-- expect: error
-- message: a level=error msg=owned [2J b
error("a\nlevel=error msg=owned\27[2J\0b", 0)
