rulle "a" { on = page {}, points = { engagement = 1 } }
