rule “a” { on = page {}, points = { engagement = 1 } }
