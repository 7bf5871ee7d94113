-- BANT: budget, authority, need, timeline. The short way, for one person and one decision. Nothing waits for it until a gate of
-- yours says so: gate "bant" { into = { "sql" }, need = qualified "bant" }.
framework "bant" {
  doc = "Budget, authority, need, timeline: for short cycles",

  criterion "budget" {
    ask = "What have you set aside for this?",
    doc = "In your currency. Below the bar it is an answer all the same: no.",
    value = "money", met = at_least(5000), weight = 25, expires = "180d",
  },
  criterion "authority" {
    ask = "Who signs, and who can veto?",
    doc = "This person's part in the decision",
    value = "choice", choices = { "decides", "influences", "none" }, met = one_of { "decides", "influences" },
    inferred = trait { title = word { "ceo", "cto", "cfo", "coo", "owner", "founder", "managing director", "director general" } },
    weight = 25, expires = "365d",
  },
  criterion "need" {
    ask = "What happens if nothing changes?",
    doc = "The problem in their own words",
    value = "text", weight = 30, expires = "365d",
  },
  criterion "timeline" {
    ask = "When must it be running?",
    doc = "Within half a year from now: later dates come to be near by themselves",
    value = "date", met = ahead "180d", weight = 20, expires = "90d",
  },

  -- There must be a need; of all four, three.
  qualified = { must = { "need" }, met = 3 },
}
