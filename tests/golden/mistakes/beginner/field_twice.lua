rule "field_twice" {
  doc = "Came",
  on = page { path = "/a" },
  points = { engagement = 1 },
  on = page { path = "/b" },
}
