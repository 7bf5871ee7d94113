-- __lt that never answers, reached from sort.
-- expect: fuel
local m = { __lt = function() while true do end end }
table.sort { setmetatable({}, m), setmetatable({}, m) }
