-- A message that breaks naive JSON.
-- expect: error
-- message: "},{"a":"b\
error([["},{"a":"b\]], 0)
