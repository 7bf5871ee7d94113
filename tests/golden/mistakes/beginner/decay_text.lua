rule "decay_text" { on = page {}, points = { engagement = 1 }, decay = "30d" }
