-- Dimensions and spans that are none, and long.
-- expect: fuel error
local long = ("d"):rep(100000)
while true do
  pcall(function() return lead.velocity(long, "7d") end) pcall(function() return lead.velocity("engagement", long) end)
  pcall(function() return lead.velocity("engagement", "7d7d7d7d7d99999999999999999d") end)
end
