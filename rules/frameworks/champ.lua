-- CHAMP: challenges, authority, money, prioritization. BANT begun at the other end: first what hurts, and money last but one.
framework "champ" {
  doc = "Challenges, authority, money, prioritization: the problem first",

  criterion "challenges" {
    ask = "What stands in the way of your goals?",
    doc = "A problem we solve, in their own words",
    value = "text", weight = 35, expires = "365d",
  },
  criterion "authority" {
    ask = "Who else has to agree, and how do they decide?",
    doc = "Not one name: the people, and this person's part",
    value = "choice", choices = { "decides", "influences", "none" }, met = one_of { "decides", "influences" },
    weight = 25, expires = "365d",
  },
  criterion "money" {
    ask = "What does the problem cost you, and what may solving it cost?",
    value = "money", met = at_least(5000), weight = 20, expires = "180d",
  },
  criterion "prioritization" {
    ask = "Where does this stand among what you have to do?",
    value = "choice", choices = { "now", "this quarter", "this year", "some day" }, met = one_of { "now", "this quarter" },
    weight = 20, expires = "90d",
  },

  qualified = { must = { "challenges", "prioritization" }, met = 3 },
}
