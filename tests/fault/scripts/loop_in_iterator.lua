-- A generic for whose iterator never ends.
-- expect: fuel
for x in function() return 1 end do local y = x end
