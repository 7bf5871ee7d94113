-- Numbers and spans at their ends.
rule "huge" { on = page {}, points = { fit = 1e308 } }
rule "not_a_number" { on = page {}, points = { fit = 0 / 0 } }
rule "smallest" { on = page {}, points = { fit = math.mininteger } }
rule "wraps" { on = page {}, points = { fit = 1 }, limit = { times = 4294967297, per = "1d" } }
rule "for_ever" { on = page {}, points = { fit = 1 }, limit = { times = 1, per = "106751991168d" } }
rule "zero" { on = page {}, points = { fit = 1 }, decay = half_life "0s" }
rule "backwards" { on = page {}, points = { fit = 1 }, cooldown = "-1d" }
rule "nan_key" { on = page { x = one_of { 0 / 0 } }, points = { fit = 1 } }
rule "million" { on = sequence { times(1000000, page {}), within = "7d" }, points = { fit = 1 } }
rule "long_pattern" { on = page { path = matches(("(a+)+"):rep(1000)) }, points = { fit = 1 } }
