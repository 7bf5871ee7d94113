-- The table changes while next walks it.
-- expect: error fuel ok
local t = {}
for i = 1, 1000 do t["k" .. i] = i end
for k in pairs(t) do t[k] = nil t[k .. "x"] = 1 end
