-- Garbage only: must not count as use.
-- expect: fuel
while true do local t = { 1, 2, 3 } end
