-- Two ways at once: small teams buy by card and never see a salesperson; larger ones are called when they use it and say why.
lifecycle "main" {
  start = "lead", final = { "customer", "disqualified" },
  gate "known" { doc = "Nobody calls an address", into = { "mql" }, need = known { "first_name" } },
  move { "lead", "mql", doc = "Uses it, and has told why", when = in_segment "teams" & score { usage = at_least(20) } & qualified "bant", again = "30d" },
  move { "mql", "sal", doc = "Accepted", by = "sales" },
  move { "sal", "customer", doc = "Signed", by = "sales" },
  move { "mql", "lead", doc = "Stopped using it", when = score { usage = below(10) } & in_stage_for "14d" },
  move { { "lead", "mql", "sal" }, "disqualified", doc = "Will not buy", by = "sales", reasons = { no_budget = "180d", competitor = "never" } },
}
lifecycle "card" {
  start = "visitor", who = in_segment "self_serve",
  move { "visitor", "trial", when = seen(track "Trial Started") },
  move { "trial", "activated", doc = "Connected and made a report", when = seen(track "Source Connected") & seen(track "Report Created") },
  move { { "trial", "activated" }, "paying", when = seen(track "Subscription Started") },
}
