-- A comparator that raises the event.
-- expect: error
table.sort({ 3, 2, 1 }, function(a, b) error(event) end)
