-- Words spelled right, values that cannot be.
rule "bad_span" { on = page {}, points = { engagement = 1 }, decay = half_life "30 days" }
rule "bad_regex" { when = trait { title = matches "(cto" }, points = { fit = 1 } }
rule "bad_network" { on = page { ["context.ip"] = cidr { "203.0.113.0/33" } }, points = { engagement = 1 } }
rule "limit_and_cooldown" { on = page {}, points = { engagement = 1 }, limit = { times = 1 }, cooldown = "1d" }
rule "no_points" { on = page {} }
rule "twice" { on = page {}, points = { engagement = 1 } }
rule "twice" { on = page {}, points = { engagement = 2 } }
rule "circle_one" { when = score { intent = at_least(5) }, points = { fit = 1 } }
rule "circle_two" { when = score { fit = at_least(5) }, points = { intent = 1 } }
rule "backwards" { when = trait { employees = between(100, 10) }, points = { fit = 1 } }
