-- A view as a metatable, as an __index, as a key.
-- expect: error
local t = {}
pcall(setmetatable, t, event)
local u = setmetatable({}, { __index = event })
local k = { [event] = 1, [lead] = 2 }
for _ in pairs(k) do end
