-- Recursion that goes through C each time: gsub, sort, tostring, pcall in turns.
-- expect: fuel depth error
local deep
local m = { __tostring = function() deep() return "" end }
function deep()
  ("a"):gsub("a", function() table.sort({ 2, 1 }, function() tostring(setmetatable({}, m)) return false end) end)
end
deep()
