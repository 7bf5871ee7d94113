rule "missing_comma" {
  on = page {}
  points = { engagement = 1 },
}
