-- Sorting numbers with texts, tables and NaN.
-- expect: error
local t = { 3, 0 / 0, 1, 0 / 0, 2 }
table.sort(t)
table.sort { 1, "2", {}, true }
