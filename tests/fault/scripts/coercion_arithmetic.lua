-- Texts that look like numbers, and do not.
-- expect: ok
assert("10" + 5 == 15 and "0x10" * 1 == 16 and "1e2" - 0 == 100 and -"2" == -2 and "7" // 2 == 3)
for _, odd in ipairs { "", " ", "x", "1 2", "0x", "1e", "inf", "nan", "1_000", "0b1", "1\0" } do
  assert(not pcall(function() return odd + 1 end), odd)
end
