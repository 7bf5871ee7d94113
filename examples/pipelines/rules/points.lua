-- One set of points for everybody; what they mean differs between the two pipelines.
dimension "fit"    { min = 0, max = 100 }
dimension "intent" { min = 0, max = 100 }
identity { email = "merge" }

segment "large" { doc = "Two hundred people or more: a contract, a committee, months", when = trait { ["company.employees"] = at_least(200) } }

rule "leads" { doc = "Leads something", when = trait { title = word { "ceo", "cto", "director", "head", "manager", "vp" } }, points = { fit = 40 } }
rule "size" {
  doc = "People employed", dimension = "fit", field = "company.employees",
  first = { { at_least(200), value = 40 }, { between(10, 199), value = 20 }, { any, value = 0 } },
}
rule "prices" {
  doc = "Looked at prices", on = page { path = starts "/pricing" }, points = { intent = 15 },
  limit = { times = 3, per = "7d" }, decay = half_life "30d",
}
rule "demo" { doc = "Asked for a demonstration", on = track "Demo Requested", points = { intent = 40 }, cooldown = "7d", decay = linear "90d" }
rule "trial" { doc = "Began a trial", on = track "Trial Started", points = { intent = 30 }, cooldown = "30d", decay = linear "60d" }
rule "guide" {
  doc = "Left details for a guide", on = track "Content Downloaded", points = { intent = 10 },
  limit = { times = 2, per = "30d" }, decay = half_life "30d",
}
rule "left" { doc = "Asked us to stop", on = track "Unsubscribed", points = { intent = -40 }, limit = { times = 1, per = "90d" }, decay = linear "90d" }
