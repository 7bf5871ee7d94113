-- Three companies, three meanings of MQL. All run beside each other on the same leads; none of the words below is known
-- to the engine.

-- "Worth marketing's attention": somebody with a name and a title who did something that buyers do.
lifecycle "attention" {
  start = "contacto",
  move {
    "contacto", "mql",
    doc = "Merece la atención de marketing",
    when = trait { first_name = present, title = present }
      & seen(page { path = starts "/pricing" } | track(one_of { "Content Downloaded", "Webinar Attended", "Demo Requested", "Trial Started" })),
  },
}

-- "Above the bar": forty points, whoever it is; and back when they have faded.
lifecycle "threshold" {
  start = "lead",
  move { "lead", "mql", doc = "Reached forty points", when = score { activity = at_least(40) }, again = "14d" },
  move { "mql", "lead", doc = "Faded below twenty", when = score { activity = below(20) } },
}

-- "Already left their details": an address is enough.
lifecycle "details" {
  start = "visitor",
  move { "visitor", "mql", doc = "Ya ha dejado sus datos", when = trait { email = present } },
}
