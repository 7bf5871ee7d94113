-- The library answers as a table, but cannot be sorted, filled or moved into.
-- expect: error
-- message: read-only
table.move({ 1 }, 1, 1, 1, string)
