-- Malformed patterns are errors, not reads past the end.
-- expect: error
-- message: malformed pattern
return ("x"):find("[")
