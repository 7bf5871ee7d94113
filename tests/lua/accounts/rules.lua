dimension "fit" { min = 0, max = 100 }
segment "customers" { when = account { customer = true } }
rule "new_business" { doc = "Not a customer", when = ~account { customer = true }, points = { fit = 10 } }
rule "tier" { doc = "A company we want", when = account { tier = one_of { 1, 2 }, ["deal.open"] = missing }, points = { fit = 20 } }
rule "renewal" { doc = "The contract ends soon", when = account { renewal = ahead "30d" }, points = { fit = 5 } }
rule "own_words" {
  doc = "By a function", when = function(lead) return lead.account_traits.plan == "gold" end, points = { fit = 1 },
}
lifecycle "main" {
  start = "lead",
  move { "lead", "customer", when = in_segment "customers" },
}
