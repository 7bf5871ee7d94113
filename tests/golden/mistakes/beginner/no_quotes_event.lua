rule "no_quotes_event" { on = track Demo, points = { engagement = 1 } }
