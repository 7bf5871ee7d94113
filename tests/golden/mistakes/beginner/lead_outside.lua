rule "lead_outside" { when = lead.traits.seats > 5, points = { engagement = 1 } }
