-- A list without end.
-- expect: memory fuel
local head = {}
while true do head = { head, head, head, head } end
