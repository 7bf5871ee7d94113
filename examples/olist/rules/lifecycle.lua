-- The shop calls everybody who leaves their details an MQL ("already left their details"): the weakest of the usual
-- definitions, and a rule file says so in one line. One deal in the data was won before its first contact, so winning
-- does not wait for that.
lifecycle "sellers" {
  start = "visitor",
  final = { "customer" },
  move { { "visitor", "mql" }, "customer", doc = "Signed", when = seen(track "Deal Won") },
  move { "visitor", "mql", doc = "Left their details", when = seen(track "MQL Created") },
}
