rule "bang_equals" { on = track "A", cap = 9, points = function(lead, event) if event.properties.a != 1 then return {} end end }
