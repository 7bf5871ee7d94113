rule "hard_blank" {
  doc = "Came",
  on = page { path = "/a" },
  points = { engagement = 5 },
}
