lifecycle "main" {
  start = "lead",
  gate "name_and_title" { doc = "Not negotiable", into = { "mql" }, need = known { "first_name", "title" } },
  move { "lead", "mql", when = score { fit = at_least(30) } & (score { engagement = at_least(50) } | score { intent = at_least(40) }), again = "30d" },
  move { "lead", "mql", doc = "Asked to talk", when = seen(track "Demo Requested", { since = "cycle" }) & score { fit = at_least(20) }, again = "30d" },
  move { "mql", "lead", when = score { engagement = below(30), intent = below(20) } & in_stage_for "30d" }, -- cools down
  move { "mql", "sal", by = "sales" },
  move { { "mql", "sal" }, "disqualified", by = { "sales", "marketing" }, reasons = { competitor = "never", no_need = "180d" } },
}
