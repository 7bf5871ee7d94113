dimension "fit" { min = 0, max = 100 }
dimension "heat" { min = 0, max = 100 }

-- Declared before what they name: the order does not matter.
segment "lively_smb" { doc = "Small and awake", when = in_segment "smb" & in_segment "awake" }
segment "awake" { when = seen(page {}, { times = 2, within = "7d" }) }
segment "smb" { doc = "Small companies", when = trait { ["company.employees"] = below(50) } }
segment "warm" { when = score { heat = at_least(10) } }

rule "viewed" { doc = "Looked", on = page {}, points = { heat = 10 }, decay = half_life "7d" }
-- A segment that reads a score orders the rules as the score itself would.
rule "warm_fit" { doc = "Warm leads fit better", when = in_segment "warm" | in_segment "lively_smb", points = { fit = 5 } }

lifecycle "main" {
  start = "lead",
  move { "lead", "mql", when = score { fit = at_least(5) } },
}
lifecycle "self_serve" {
  start = "visitor", who = in_segment "smb",
  move { "visitor", "trial", when = in_segment "awake" },
}
