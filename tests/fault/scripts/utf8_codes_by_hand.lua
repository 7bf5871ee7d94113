-- The iterator of utf8.codes called by hand before a megabyte that continues a character.
-- expect: fuel
local f, s = utf8.codes("a" .. ("\x80"):rep(1000000))
while true do pcall(f, s, 1) end
