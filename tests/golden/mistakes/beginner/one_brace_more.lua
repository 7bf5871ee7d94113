rule "one_brace_more" {
  doc = "Came",
  on = page { path = "/a" } },
  points = { engagement = 5 },
}
