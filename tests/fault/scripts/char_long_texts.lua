-- Thousands of arguments that are long texts in place of numbers, the first few hundred of them harmless: each would be read to its end.
-- expect: error
-- message: this is a long text
local s = (" "):rep(1000000) .. "65"
local t = {}
for i = 1, 9000 do if i < 300 then t[i] = 65 else t[i] = s end end
return #string.char(table.unpack(t))
