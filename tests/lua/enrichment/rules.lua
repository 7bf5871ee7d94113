dimension "fit" { min = 0, max = 100 }
dimension "intent" { min = 0 }

enricher "company" {
  doc = "Size and industry",
  needs = { "email_domain" }, gives = { "company.employees", "company.industry" },
  ttl = "90d", timeout = "10s", deadline = "10s", rate = "5/s", budget = "200/d",
  when = score { intent = at_least(5) },
  run = function(lead, http)
    local answer, err = http.get("https://api.example/companies/" .. lead.traits.email_domain, { auth = secret "KEY" })
    if not answer then error(err) end
    if answer.status == 404 then return nothing end
    return { ["company.employees"] = answer.json.employees, ["company.industry"] = answer.json.industry }
  end,
}
sources { "person", "crm", "enricher", "form" }

rule "big" { when = trait { ["company.employees"] = at_least(50) }, points = { fit = 30 } }
rule "not_big" { when = ~trait { ["company.employees"] = at_least(50) }, points = { fit = 5 } }
rule "size" {
  dimension = "fit", field = "company.employees",
  first = { { at_least(1000), value = 15 }, { missing, value = 2 }, { any, value = -1 } },
}
rule "director" { when = trait { title = word { "director" } }, points = { fit = 20 } }
rule "seats" { when = trait { seats = at_least(30) }, points = { fit = 40 } }
rule "demo" { on = track "Demo", points = { intent = 10 }, counts_while = trait { ["company.industry"] = present } }
rule "many" { when = function(lead) return (lead.traits.company or {}).employees == 300 end, points = { intent = 1 } }
rule "sums" { when = completeness(at_least(60)), points = { intent = 1 } }
profile { required = { "email", "company.employees" } }
rule "page" { on = page {}, points = { intent = 5 } }

lifecycle "main" {
  start = "lead",
  move { "lead", "warm", when = score { fit = at_least(20) } },
  move { "warm", "mql", when = score { fit = at_least(40) } },
}
