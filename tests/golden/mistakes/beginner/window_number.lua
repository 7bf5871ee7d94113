rule "window_number" { on = page {}, points = { engagement = 1 }, limit = { times = 3, per = 7 } }
