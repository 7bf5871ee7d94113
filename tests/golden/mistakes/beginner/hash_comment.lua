# a comment
rule "hash_comment" { on = page {}, points = { engagement = 1 } }
