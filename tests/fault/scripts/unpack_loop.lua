-- The widest unpack, for ever.
-- expect: fuel
while true do select("#", table.unpack({}, 1, 10000)) end
