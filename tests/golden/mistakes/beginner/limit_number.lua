rule "limit_number" { on = page {}, points = { engagement = 1 }, limit = 3 }
