-- More captures than there is room for.
-- expect: error
-- message: too many captures
return ("x"):find(("(x"):rep(40) .. (")"):rep(40))
