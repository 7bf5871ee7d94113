rule "wrong_dimension" { on = page {}, points = { engagment = 1 } }
