rule no_quotes_name { on = page {}, points = { engagement = 1 } }
