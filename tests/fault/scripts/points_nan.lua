-- Points that are no number at all.
-- expect: ok error
return { engagement = 0 / 0 }
