rule "gt_text" { when = trait { employees = "> 50" }, points = { engagement = 1 } }
