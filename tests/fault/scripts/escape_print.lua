-- Output.
-- expect: error
-- message: not available
print("x")
