rule "not" { when = not trait { x = 1 }, points = { engagement = 1 } }
