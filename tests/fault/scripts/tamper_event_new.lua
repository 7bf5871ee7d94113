-- A new field of the event.
-- expect: error
event.points = 1000
