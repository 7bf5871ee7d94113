-- Characters beyond Unicode.
-- expect: ok error
local s = utf8.char(0x7FFFFFFF, 0x10FFFF, 0xD800)
assert(not utf8.len(s))
for _ in utf8.codes(s) do end
