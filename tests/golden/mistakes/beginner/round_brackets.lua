rule "round_brackets" (on = page {}, points = { engagement = 1 })
