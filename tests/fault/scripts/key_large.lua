-- Large texts as keys: each is hashed and compared.
-- expect: fuel memory
local t, s = {}, ("x"):rep(1000000)
for i = 1, 1e9 do t[s .. i % 3] = i end
