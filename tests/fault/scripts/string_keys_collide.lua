-- Short texts by the thousand in one table, made anew each time.
-- expect: fuel memory
while true do
  local t = {}
  for i = 1, 3000 do t[("%08d"):format(i * 65536)] = i end
end
