-- lead.count of everything but a selector.
-- expect: fuel error
local odd = { {}, setmetatable({}, { __index = function() return 1 end }), "page", 1, true, function() end }
while true do for i = 1, #odd do pcall(function() return lead.count(odd[i], "7d") end) end end
