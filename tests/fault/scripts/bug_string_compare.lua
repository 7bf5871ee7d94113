-- Texts with NUL bytes compare as bytes.
-- expect: ok
local t = { "a\0b", "a\0a", "a" }
table.sort(t)
assert(t[1] == "a" and t[2] == "a\0a" and t[3] == "a\0b")
