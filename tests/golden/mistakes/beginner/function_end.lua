rule "function_end" { on = page {}, points = function(lead, event) return { engagement = 1 } }
