-- Globals by names that are long, odd or no names.
-- expect: fuel error memory
local long = ("x"):rep(100000)
while true do pcall(function() return _ENV[long] end) pcall(function() return _ENV["\0\27[31m"] end) end
