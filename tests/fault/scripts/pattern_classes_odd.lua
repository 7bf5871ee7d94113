-- Every letter as a class, every byte as an item, and sets that end nowhere.
-- expect: ok
for i = 0, 255 do
  local c = string.char(i)
  pcall(string.find, "abc", "%" .. c) pcall(string.find, "abc", "[" .. c) pcall(string.find, "abc", "[^" .. c .. "-]")
  pcall(string.find, "abc", "%b" .. c) pcall(string.find, "abc", "%f[" .. c) pcall(string.gsub, "abc", "b", "%" .. c)
end
