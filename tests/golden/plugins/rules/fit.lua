dimension "fit" {}
rule "large" { doc = "A large company", when = trait { ["company.employees"] = at_least(100) }, points = { fit = 10 } }
