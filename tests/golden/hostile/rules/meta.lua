-- Metatables that answer for tables.
rule "pairs" { on = page {}, points = setmetatable({}, { __index = function() return 1 end }) }
local lies = setmetatable({}, { __len = function() return 1e9 end, __index = function(_, k) return at_least(k) end })
rule "lies" { when = trait { x = one_of(lies) }, points = { fit = 1 } }
