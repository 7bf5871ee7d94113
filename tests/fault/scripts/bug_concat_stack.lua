-- A __concat that grows the stack: use after free in a patched 5.4.4.
-- expect: ok error
local function deep(n) if n == 0 then return 0 end return 1 + deep(n - 1) end
local t = setmetatable({}, { __concat = function(a, b) deep(1000) return "x" end })
local s = ""
for i = 1, 20 do s = t .. "a" .. t .. "b" .. t end
return s
