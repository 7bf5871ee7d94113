-- The widest number there is.
-- expect: ok
return ("%99.99f"):format(-1.7976931348623157e308)
