rule "a" { doc = "a", on = page {}, points = { fit = 1 } }
lifecycle "main" { start = "lead", move { "lead", "mql", doc = "x", when = score { fit = at_least(1) } } }
directory "marketing" { may = { "lifecycle" } }
