-- gmatch and gsub with anchors and empty matches over a long text, again and again.
-- expect: fuel
local s = ("a"):rep(5000)
while true do for w in s:gmatch("()a*()") do end s:gsub("^", "x") s:gsub("$", "x") s:gsub("%f[a]", "x") end
