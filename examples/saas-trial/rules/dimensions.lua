-- A product people try before they talk to anybody: what they do in the trial says more than who they are.
dimension "fit"   { min = 0, max = 100, bands = { A = 40, B = 20, C = 0 } }
dimension "usage" { min = 0, max = 100, bands = { ["1"] = 50, ["2"] = 20, ["3"] = 0 } }
grade { "fit", "usage" }
profile { required = { "email", "first_name" }, optional = { ["company.name"] = 3, ["company.employees"] = 3, title = 2 } }
identity { email = "merge" }
activity { page {}, track(none_of { "Email Sent", "Email Opened" }) }

segment "self_serve" { doc = "Buys by card", when = trait { ["company.employees"] = below(50) | missing } }
segment "teams"      { doc = "Wants a contract", when = ~in_segment "self_serve" }
