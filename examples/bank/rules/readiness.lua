-- Whom to call first. Each table's points follow how often such people said yes in the bank's history, compared with
-- everybody (11.7 %). `duration`, the length of the call, would predict best of all and is used nowhere: it is known only
-- when the call is over.
dimension "readiness" { min = -40, max = 80, bands = { first = 30, soon = 15, later = 0, last = -40 } }

rule "last_campaign" {
  doc = "What came of the last campaign",
  dimension = "readiness", field = "poutcome",
  first = { { "success", value = 40 }, { any, value = 0 } },
}
rule "recent" {
  doc = "Was called within the last half year, and did not say yes then",
  when = trait { pdays = between(0, 180), poutcome = none_of { "success" } },
  points = { readiness = 5 },
}
rule "month" {
  doc = "When the call falls: small, well-chosen campaigns did better than the great one in May",
  dimension = "readiness", field = "month",
  first = {
    { "mar", value = 20 },
    { one_of { "sep", "oct", "dec" }, value = 18 },
    { "apr", value = 8 },
    { "feb", value = 6 },
    { "may", value = -5 },
    { any, value = 0 },
  },
}
rule "contact" {
  doc = "How they can be reached",
  dimension = "readiness", field = "contact",
  first = { { "cellular", value = 5 }, { "telephone", value = 4 }, { any, value = -10 } },
}
rule "job" {
  doc = "People with time, and with savings or plans",
  dimension = "readiness", field = "job",
  first = { { "student", value = 10 }, { "retired", value = 8 }, { any, value = 0 } },
}
rule "age" {
  doc = "The young and the old say yes more often",
  dimension = "readiness", field = "age",
  first = { { at_least(60), value = 8 }, { below(25), value = 4 }, { any, value = 0 } },
}
rule "balance" {
  doc = "Money to put aside",
  dimension = "readiness", field = "balance",
  first = { { below(0), value = -5 }, { at_least(1000), value = 3 }, { any, value = 0 } },
}
rule "studied"  { doc = "Went to university", when = trait { education = "tertiary" }, points = { readiness = 3 } }
rule "mortgage" { doc = "Pays off a house", when = trait { housing = "yes" }, points = { readiness = -8 } }
rule "loan"     { doc = "Pays off a loan", when = trait { loan = "yes" }, points = { readiness = -6 } }
rule "tired" {
  doc = "Was called again and again in this campaign",
  dimension = "readiness", field = "campaign",
  first = { { above(5), value = -8 }, { above(3), value = -3 }, { any, value = 0 } },
}

-- What happened in the end, to see whether the order was right. No rule above looks at it.
lifecycle "calls" {
  start = "called",
  move { "called", "customer", doc = "Said yes", when = trait { y = "yes" } },
}
