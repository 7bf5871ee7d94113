-- Large garbage only: must not count as use.
-- expect: fuel
local s = ("x"):rep(200000)
while true do local t = s .. "y" end
