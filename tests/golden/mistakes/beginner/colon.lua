rule "colon" { on: page {}, points = { engagement = 1 } }
