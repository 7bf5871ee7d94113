rule "true_true" { when = trait { x = True }, points = { engagement = 1 } }
