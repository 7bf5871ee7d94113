rule "list_plain" { when = trait { country = { "DE", "AT" } }, points = { engagement = 1 } }
