-- A million caught errors.
-- expect: fuel
for i = 1, 1e9 do pcall(error, "x") end
