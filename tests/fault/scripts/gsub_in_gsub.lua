-- Callbacks of gsub that call gsub, each for each.
-- expect: fuel error
local s = ("a"):rep(60)
local function f() return (s:gsub(".", f)) end
f()
