-- A variable to be closed, left by goto, for ever.
-- expect: error
while true do
  local x <close> = setmetatable({}, { __close = function() end })
  goto on
  ::on::
end
