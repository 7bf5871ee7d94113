rule "event_outside" { on = track "Demo", when = event.properties.seats > 5, points = { engagement = 1 } }
