-- Phrases of the language as numbers, keys, texts and operands.
-- expect: error
local p = page {}
pcall(function() return p + 1 end) pcall(function() return p .. "x" end) pcall(function() return #p end)
pcall(function() p.x = 1 end) pcall(function() return p() end) pcall(setmetatable, p, {})
return p < p
