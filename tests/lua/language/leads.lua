dimension "fit"        { min = 0, max = 50, bands = { A = 30, B = 10, C = 0 } }
dimension "engagement" { bands = { hot = 10, cold = 0 } }
grade { "fit", "engagement" }
activity { page {}, track(none_of { "Mail" }) }
profile { required = { "name" }, optional = { phone = 5 } }

rule "cto"          { doc = "title", when = trait { title = "CTO" }, points = { fit = 20 } }
rule "clicks"       { doc = "click", on = track "Click", points = { engagement = 5 }, topics = { "cnc", "laser" } }
rule "mails"        { doc = "mail", on = track "Mail", points = { engagement = 1 }, topics = { "laser" } }
rule "fit_lead"     { doc = "score", when = score { fit = at_least(20) }, points = { points = 1 } }
rule "cell"         { doc = "grade_is", when = grade_is { "Bhot" }, points = { points = 1 } }
rule "in_mql"       { doc = "stage", when = stage { "mql", "sql" }, points = { points = 1 } }
rule "stays"        { doc = "in_stage_for", when = stage "mql" & in_stage_for "10d", points = { points = 1 } }
rule "two_clicks"   { doc = "seen", when = seen(track "Click", { times = 2, within = "7d" }), points = { points = 1 } }
rule "ever_clicked" { doc = "seen", when = seen(track "Click"), points = { points = 1 } }
rule "cycle_click"  { doc = "since", when = seen(track "Click", { since = "cycle" }), points = { points = 1 } }
rule "complete"     { doc = "completeness", when = completeness(at_least(100)), points = { points = 1 } }
rule "named"        { doc = "known", when = known { "name" }, points = { points = 1 } }
rule "fast"         { doc = "velocity", when = velocity("engagement", "7d", at_least(10)), points = { points = 1 } }
rule "quiet"        { doc = "idle", when = idle "5d", points = { points = 1 } }
rule "cnc_fan"      { doc = "interest", when = interest { cnc = at_least(10) }, points = { points = 1 } }
rule "renews_soon"  { doc = "ahead", when = trait { renews = ahead "30d" }, points = { points = 1 } }
rule "joined_lately" { doc = "past", when = trait { joined = past "30d" }, points = { points = 1 } }
rule "not_cto"      { doc = "not", when = ~trait { title = "CTO" }, points = { points = 1 } }
rule "either_way"   { doc = "or", when = trait { title = "CTO" } | seen(track "Click"), points = { points = 1 } }
rule "counted"      {
  doc = "lead.count", points = { points = 1 },
  when = (function()
    local clicks = track "Click"
    return function(lead) return lead.count(clicks, "7d") >= 3 and lead.count(clicks) < 5 end
  end)(),
}

lifecycle "main" {
  start = "lead", final = { "won" },
  move { "lead", "mql", when = score { engagement = at_least(10) } },
  move { "mql", "sql", when = trait { budget = at_least(1000) } },
  move { "sql", "lead", when = trait { recycled = true } },
  move { any, "won", when = trait { bought = true } },
  move { any, "lost", when = trait { lost = true } },
}
lifecycle "keen" { start = "lukewarm", move { "lukewarm", "keen", when = score { engagement = above(10) } } }
lifecycle "support" { start = "none", move { "none", "customer", when = trait { bought = true } } }
