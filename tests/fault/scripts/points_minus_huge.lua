-- The same below zero, as an integer.
-- expect: ok error
return { engagement = math.mininteger }
