-- Points without end.
-- expect: ok error
return { engagement = math.huge }
