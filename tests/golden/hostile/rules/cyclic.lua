-- Tables that hold themselves, phrases that double, and nesting without end.
local t = {}
t.fit = t
rule "cyclic_points" { on = page {}, points = t }
local m = { at_least(1) }
m[2] = m
rule "cyclic_matcher" { when = trait { x = one_of(m) }, points = { fit = 1 } }
local deep = {}
for _ = 1, 5000 do deep = { deep } end
rule "deep" { when = trait { x = one_of(deep) }, points = { fit = 1 } }
local negated = trait { x = 1 }
for _ = 1, 3000 do negated = ~negated end
rule "negated" { when = negated, points = { fit = 1 } }
