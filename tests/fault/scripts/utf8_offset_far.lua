-- Positions beyond every end.
-- expect: fuel error
while true do
  pcall(utf8.offset, "abc", math.mininteger, 1) pcall(utf8.offset, "abc", math.maxinteger, 4)
  pcall(utf8.codepoint, "abc", math.mininteger, math.maxinteger) pcall(utf8.len, "abc", -9, 9)
end
