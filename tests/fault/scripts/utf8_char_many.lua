-- A text made of many characters, again and again: each is a small text first.
-- expect: fuel
local t = {}
for i = 1, 200 do t[i] = 0x10FFFF end
while true do utf8.char(table.unpack(t)) end
