rule "double_equals" { on = page {}, when = trait { title == "cto" }, points = { engagement = 1 } }
