-- Metamethods are looked up raw: an inherited __gc is none.
-- expect: ok
local m = setmetatable({}, { __index = { } })
local t = setmetatable({}, m)
return getmetatable(t) == m
