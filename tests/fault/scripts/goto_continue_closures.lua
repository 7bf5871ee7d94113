-- Closures made in a loop of gotos, each holding the one before.
-- expect: fuel memory depth
local last
::again::
do
  local before = last
  last = function() return before end
end
goto again
