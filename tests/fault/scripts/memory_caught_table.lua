-- A growing table under pcall.
-- expect: memory fuel
local t, s = {}, ("x"):rep(5000)
while true do pcall(function() t[#t + 1] = s .. #t end) end
