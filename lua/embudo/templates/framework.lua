-- __name__: say here which leads it is for, and who asks the questions.
framework "__name__" {
  doc = "What __name__ finds out",
  -- of = "account", -- answers of any of the company's people would count for all of them

  criterion "need" {
    ask     = "What happens if nothing changes?", -- the question, as a person would be asked it
    doc     = "The problem in their own words", -- what is meant, for those who ask
    value   = "text", -- or money, number, choice, date, yes_no, grade: `embudo help criterion`
    weight  = 50, -- its share in the total
    expires = "365d", -- how long an answer stands
  },
  criterion "budget" {
    ask    = "What have you set aside for this?",
    value  = "money",
    met    = at_least(5000), -- which answers are enough: `embudo help matchers`
    weight = 30, expires = "180d",
  },
  criterion "authority" {
    ask      = "Who signs, and who can veto?",
    value    = "choice",
    choices  = { "decides", "influences", "none" },
    met      = one_of { "decides", "influences" },
    inferred = trait { title = word { "ceo", "owner" } }, -- what may be believed while nobody has said
    weight   = 20,
  },

  -- All that is said here must hold: criteria that must be met, how many in all, the weight of what is met (total), the
  -- percentage that is answered (completeness).
  qualified = { must = { "need" }, met = 2 },
}

-- Nothing waits for it yet. A gate in a lifecycle does:
-- gate "__name__" { into = { "sql" }, need = qualified "__name__" }
