-- The plainest endless loop.
-- expect: fuel
while true do end
