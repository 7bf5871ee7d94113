rule "bang_not" { when = !trait { x = 1 }, points = { engagement = 1 } }
