-- Weak tables show the collector's pace.
-- expect: error
-- message: __mode
setmetatable({}, { __mode = "k" })
