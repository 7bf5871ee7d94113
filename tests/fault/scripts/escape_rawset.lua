-- Writing past a read-only table.
-- expect: error
-- message: not available
rawset(string, "len", nil)
