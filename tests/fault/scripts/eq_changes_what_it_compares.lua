-- __eq and __lt that change what is sorted and compared.
-- expect: fuel error ok
local list = {}
local m = {}
m.__lt = function(a, b) list[#list + 1] = setmetatable({}, m) return true end
m.__eq = function() list[1] = nil return false end
for i = 1, 50 do list[i] = setmetatable({}, m) end
table.sort(list)
return list[1] == list[2]
