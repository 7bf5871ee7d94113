-- A comparator that raises.
-- expect: error
-- message: no order
table.sort({ 2, 1 }, function() error("no order") end)
