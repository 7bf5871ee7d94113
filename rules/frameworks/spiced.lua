-- SPICED: situation, pain, impact, critical event, decision. For subscriptions, where the first sale is the beginning.
framework "spiced" {
  doc = "Situation, pain, impact, critical event, decision: for subscriptions",

  criterion "situation" {
    ask = "How do you do it today, with which tools and people?",
    value = "text", weight = 10, expires = "365d",
  },
  criterion "pain" {
    ask = "What about it hurts most?",
    value = "text", weight = 25, expires = "365d",
  },
  criterion "impact" {
    ask = "What would it be worth in a year if that were solved?",
    doc = "In your currency: the larger of money won and money saved",
    value = "money", met = at_least(10000), weight = 25, expires = "365d",
  },
  criterion "critical_event" {
    ask = "By which date must it be solved, and what happens if it is not?",
    doc = "A date that is theirs, not ours",
    value = "date", met = ahead "270d", weight = 25, expires = "180d",
  },
  criterion "decision" {
    ask = "Who decides, by what, in which steps?",
    value = "text", weight = 15, expires = "180d",
  },

  qualified = { must = { "pain", "critical_event" }, completeness = at_least(75) },
}
