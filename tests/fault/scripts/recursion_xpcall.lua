-- xpcall recursing in its handler.
-- expect: ok error fuel depth
local function h() return xpcall(error, h) end
return h()
