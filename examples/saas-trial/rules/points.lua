-- Who they are: little, and nothing against private addresses, for people try things privately first.
rule "team_size" {
  doc = "People employed", dimension = "fit", field = "company.employees",
  first = { { at_least(200), value = 40 }, { between(50, 199), value = 30 }, { between(5, 49), value = 15 }, { any, value = 0 } },
}
rule "role" { doc = "Builds or buys software", when = trait { title = word { "engineer", "developer", "product", "cto", "head" } }, points = { fit = 10 } }
rule "unfit" { doc = "Learns for a course", when = trait { title = word { "student", "teacher" } }, points = { fit = -30 } }

-- What they do in the trial.
rule "connected"  {
  doc = "Connected a source: the step after which people stay", on = track "Source Connected", points = { usage = 20 },
  limit = { times = 2 }, decay = half_life "30d",
}
rule "invited"    { doc = "Invited a colleague", on = track "Colleague Invited", points = { usage = 15 }, limit = { times = 3 }, decay = half_life "30d" }
rule "reports"    { doc = "Made a report", on = track "Report Created", points = { usage = 5 }, limit = { times = 4, per = "7d" }, decay = half_life "14d" }
rule "billing"    {
  doc = "Looked at the plans from inside", on = page { path = glob "/settings/billing*" }, points = { usage = 15 },
  limit = { times = 2, per = "14d" }, decay = half_life "14d",
}
rule "stuck"      {
  doc = "Started, and never connected anything",
  on = sequence { track "Trial Started", no(track "Source Connected"), within = "3d" }, points = { usage = -10 },
}
rule "gone_quiet" { doc = "A week without a visit", when = idle "7d", points = { usage = -10 } }
