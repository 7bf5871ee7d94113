rule "page_alone" {
  doc = "Came",
  on = page,
  points = { engagement = 1 },
}
