rule "plus_eq" { on = page {}, points += 5 }
