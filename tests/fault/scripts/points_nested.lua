-- Points in a table in a table.
-- expect: ok error
return { engagement = { engagement = 1 } }
