-- Lua before 5.4.8 miscompiles a comparison as an index.
-- expect: ok
local W = { [true] = 10, [false] = 1 }
local lead = { country = "DE" }
assert((function() return W[lead.country == "DE"] end)() == 10)
assert((function() return W[lead.country == "ES"] end)() == 1)
assert((function() return W[lead.country ~= "ES"] end)() == 10)
