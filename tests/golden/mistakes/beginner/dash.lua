rule "dash" {
  doc = "Left",
  on = page { path = "/a" },
  points = { engagement = –5 },
}
