rule "star_without_glob" { on = page { path = "/pricing*" }, points = { engagement = 1 } }
