-- A field of the lead with a name of a hundred thousand bytes: the nearest spelling is not sought.
-- expect: fuel error
local long = ("scores"):rep(20000)
while true do pcall(function() return lead[long] end) end
