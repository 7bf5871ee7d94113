-- The widest unpack, for ever.
-- expect: fuel memory error
while true do select("#", table.unpack({}, 1, 200000)) end
