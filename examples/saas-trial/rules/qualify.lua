-- BANT, asked by the product itself: each in-app question answers one criterion, and only what is open is asked.
local function asked(question) return track("Question Answered") { question = question } end

framework "bant" {
  doc = "What a chat in the product finds out before a person calls",
  criterion "need"      { ask = "What do you want to find out with us?", weight = 40, from = asked "need", field = "answer", expires = "365d" },
  criterion "timeline"  {
    ask = "When should your team be using it?", value = "date", met = ahead "90d", weight = 20,
    from = asked "timeline", field = "answer", expires = "60d",
  },
  criterion "authority" {
    ask = "Do you decide about tools like this?", value = "yes_no", weight = 20, from = asked "authority", field = "answer",
    inferred = trait { title = word { "cto", "head", "founder" } },
  },
  criterion "budget"    {
    ask = "What may it cost a month?", value = "money", currency = "EUR", met = at_least(500), weight = 20,
    from = asked "budget", field = "answer", expires = "180d",
  },
  qualified = { must = { "need" }, total = at_least(60) },
}
