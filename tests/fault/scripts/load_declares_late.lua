-- A rule that is declared while a rule is called.
-- expect: error
rule "late" { on = page {}, points = { engagement = 1 } }
