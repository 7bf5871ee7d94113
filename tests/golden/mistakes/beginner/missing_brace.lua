rule "missing_brace" {
  on = page {},
  points = { engagement = 1 },

