rule "points_text" { on = page {}, points = { engagement = "10" } }
