-- References to captures that are not there.
-- expect: error
-- message: capture index
return ("x"):gsub("x", "%9")
