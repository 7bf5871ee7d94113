-- Argument errors, whose messages look for names.
-- expect: fuel
while true do pcall(table.insert, 1) pcall(string.rep) end
