rule "gt" { when = trait { employees > 50 }, points = { engagement = 1 } }
