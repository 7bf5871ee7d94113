rule "matcher_no_parens" { when = trait { x = at_least 5 }, points = { engagement = 1 } }
