-- A rule that is declared while a rule is called.
-- expect: error
rule "late" { on = track "never", points = { engagement = 1 } }
