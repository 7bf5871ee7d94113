-- A float loop whose step vanishes.
-- expect: fuel
for x = 1e16, 1e17, 0.5 do local y = x end
