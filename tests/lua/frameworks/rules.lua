dimension "fit" { min = 0, max = 100 }
dimension "readiness" { min = 0, max = 100 }

framework "bant" {
  doc = "Budget, authority, need, timeline",
  criterion "budget" { ask = "What have you set aside for this?", value = "money", currency = "EUR", met = at_least(5000), weight = 25, expires = "180d" },
  criterion "authority" {
    ask = "Who signs, and who can veto?", value = "choice", choices = { "decides", "influences", "none" },
    met = one_of { "decides", "influences" }, inferred = trait { title = word { "ceo", "cto" } }, weight = 25,
  },
  criterion "need" {
    ask = "What happens if nothing changes?", weight = 30,
    from = track "Chat Answer" { question = "need" }, field = "answer",
  },
  criterion "timeline" { ask = "When must it be running?", value = "date", met = ahead "180d", weight = 20, expires = "90d" },
  qualified = { must = { "need" }, met = 3 },
}

framework "graded" {
  of = "account",
  criterion "champion" { ask = "Who wants this to happen?", value = "grade", weight = 2 },
  criterion "metrics" { ask = "What is it worth?", value = "grade", grades = { "none", "guess", "number" }, met = at_least(2), weight = 4 },
  qualified = { total = at_least(4), completeness = at_least(100) },
}

framework "plain" {
  criterion "one" { ask = "Is it so?", value = "yes_no" },
  criterion "two" { ask = "How many?", value = "number", met = above(3) },
}

rule "ready" { doc = "Qualified by BANT", when = qualified "bant", points = { readiness = 10 } }
rule "no_money" { doc = "Said that there is no money", when = unmet "bant.budget", points = { readiness = -5 } }
rule "heard" { doc = "Half is known", when = completeness("bant", at_least(50)), points = { readiness = 1 } }
rule "both" { doc = "Need and money", when = met { "bant.need", "bant.budget" }, points = { readiness = 2 } }
rule "sum" { doc = "Enough of it", when = total("bant", at_least(55)), points = { readiness = 3 } }

lifecycle "main" {
  start = "lead",
  gate "qualified" { into = { "sql" }, need = qualified "bant" },
  move { "lead", "sql", when = seen(page {}) },
}
