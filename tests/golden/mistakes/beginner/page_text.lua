rule "page_text" { on = page "/pricing", points = { engagement = 1 } }
