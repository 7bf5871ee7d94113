-- Numbers written as texts without end.
-- expect: fuel
while true do local s = tostring(1.1) end
