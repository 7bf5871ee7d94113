-- Numbers of hundreds of digits, hundreds of them a call.
-- expect: fuel memory
local form, t = ("%99.99f"):rep(200), {}
for i = 1, 200 do t[i] = 1.7976931348623157e308 end
while true do form:format(table.unpack(t)) end
