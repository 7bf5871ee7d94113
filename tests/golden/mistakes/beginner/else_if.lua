rule "else_if" { on = track "A", cap = 9, points = function(lead, event)
  if event.properties.a == 1 then return { engagement = 1 }
  else if event.properties.a == 2 then return { engagement = 2 } end
end }
