-- A step that is too small to be seen.
-- expect: fuel
for i = 2 ^ 53, math.huge, 0.5 do end
