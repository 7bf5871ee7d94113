-- Inserting into what belongs to the event.
-- expect: error
table.insert(event.properties, 1)
