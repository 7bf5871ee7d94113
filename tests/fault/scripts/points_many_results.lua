-- More answers than one.
-- expect: ok error
return { engagement = 1 }, { engagement = 2 }, error
