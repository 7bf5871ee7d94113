-- A comparator whose errors are caught around the sort, for ever.
-- expect: fuel
while true do pcall(table.sort, { 3, 1, 2 }, function() error({}) end) end
