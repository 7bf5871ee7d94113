-- Sorting what belongs to the event.
-- expect: error ok
table.sort(event.properties) return nil
