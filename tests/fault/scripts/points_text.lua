-- Points that are a text of digits.
-- expect: ok error
return { engagement = "1000000000000000000000" }
