rule "text_plus" { doc = "one" + "two", on = page {}, points = { engagement = 1 } }
