-- A path of a hundred thousand steps into the lead's traits and the event's properties.
-- expect: fuel error
local path = ("a."):rep(50000) .. "a"
while true do
  pcall(function() return lead.traits[path] end) pcall(function() return event.properties[path] end)
end
