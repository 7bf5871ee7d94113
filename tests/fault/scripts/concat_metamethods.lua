-- A chain of __concat that answers with what is concatenated again.
-- expect: fuel depth error memory
local m = {}
m.__concat = function(a, b) return setmetatable({}, m) .. setmetatable({}, m) end
local x = setmetatable({}, m) .. "a"
