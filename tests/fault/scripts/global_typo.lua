-- A misspelt name.
-- expect: error
-- message: did you mean "string"
return strng.len("x")
