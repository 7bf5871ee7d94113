-- The iterator of utf8.codes with positions that are none.
-- expect: fuel error
local f, s = utf8.codes("abc")
local odd = { 0, -1, 4, 1e15, math.maxinteger, math.mininteger, 0 / 0, {}, "x", true }
while true do for i = 1, #odd do pcall(f, s, odd[i]) end end
