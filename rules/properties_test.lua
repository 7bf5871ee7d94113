-- What holds for everybody, whatever they do.
property "opened mail changes nothing" {
  more = track "Email Opened",
  never_lowers = { "engagement", "intent" },
  never_raises = { "engagement", "intent" },
}

property "what they do never changes who they are" {
  more = page {} | track(any),
  never_lowers = "fit",
  never_raises = "fit",
}

property "scores stay within their bounds" {
  expect = { scores = { fit = between(0, 100), engagement = between(0, 100), intent = between(0, 100) } },
}

property "without a name and a title nobody is an MQL" {
  with = { page { path = glob "/pricing*" }, track(one_of { "Demo Requested", "Quote Requested", "Trial Started" }) },
  given = { email = "ana@mills.example", company = { employees = 300 }, country = "ES" },
  expect = { stage = "lead", why_not = { "name_and_title" } },
}
