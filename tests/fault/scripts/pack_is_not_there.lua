-- Formats of string.pack could ask for any size.
-- expect: error
return string.pack("!16 i16 s8 z", 1, "a", "b")
