-- tostring of what contains itself, and of a chain of __tostring.
-- expect: fuel depth error
local t = {}
t[1] = t
assert(tostring(t) == "table")
local m = {}
m.__tostring = function(x) return tostring(setmetatable({}, m)) end
return tostring(setmetatable({}, m))
