rule "pricing_page" {
  doc = "Looked at prices",
  group = "web",
  on = page { path = glob "/pricing*" },
  points = { engagement = 15 },
}
rule "free_mail" {
  doc = "Writes from a free mailbox",
  when = trait { email_domain = listed "fremail" },
  points = { fit = -20 },
  limt = { times = 3, per = "7d" },
}
rule "two_parts" {
  doc = "Lua would drop the first half of this condition",
  when = trait { title = present } and trait { country = "ES" },
  points = { fit = 5 },
}
rule "texts" {
  doc = "Two texts do not combine",
  when = trait { country = "ES" | "PT" },
  points = { fit = 5 },
}
rule "misspelt" {
  doc = "The matcher's name is not quite right",
  when = trait { title = contians "head" }, -- luacheck: ignore contians
  points = { fit = 5 },
}
