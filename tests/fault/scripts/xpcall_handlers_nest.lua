-- Handlers that fail, in handlers, for ever.
-- expect: fuel error
local function h(e) return xpcall(error, h, e) end
while true do xpcall(error, h, "x") end
