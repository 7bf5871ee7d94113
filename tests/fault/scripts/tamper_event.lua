-- Writing into the event.
-- expect: error
event.properties.n = 1000
