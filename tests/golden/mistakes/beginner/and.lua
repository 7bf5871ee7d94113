rule "and" { when = trait { x = 1 } and trait { y = 2 }, points = { engagement = 1 } }
