-- Replacements come from a metamethod that makes long texts.
-- expect: fuel memory error
local t = setmetatable({}, { __index = function(_, k) return k:rep(100000) end })
while true do (("a"):rep(1000)):gsub("a", t) end
