enricher "size" { neds = {} }
