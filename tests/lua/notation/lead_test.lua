-- What leads do: who they are, which stage they are in, what is known of them.
local ANA = {
  first_name = "Ana", last_name = "Ruiz", title = "CTO", email = "ana@mills.example",
  company = { name = "Mills", employees = 300 },
}

test "what they did before they said who they are counts" (function(t)
  t:page "/pricing"
  t:advance "3d"
  t:identify(ANA)
  t:expect { holds = { "pricing_page", "senior_title" }, traits = { first_source = missing } }
end)

test "another visitor is another lead until an identify joins them" (function(t)
  t:identify { first_name = "Ana" }
  t:event { type = "page", anonymousId = "laptop", properties = { path = "/pricing" } }
  t:expect { not_holds = { "pricing_page" } }
  t:event { type = "identify", anonymousId = "laptop" }
  t:expect { holds = { "pricing_page" } }
end)

test "an alias joins" (function(t)
  t:identify { first_name = "Ana" }
  t:event { type = "page", userId = "old-id", properties = { path = "/pricing" } }
  t:expect { not_holds = { "pricing_page" } }
  t:alias "old-id"
  t:expect { holds = { "pricing_page" } }
end)

test "one address is one lead, but for mailboxes that are nobody's" (function(t)
  t:identify { email = "Ana@Mills.example" }
  t:event { type = "identify", userId = "crm-7", traits = { email = "ana@mills.example", title = "CEO" } }
  t:expect { holds = { "senior_title" } }
  t:identify { email = "info@acme.example", title = missing }
  t:event { type = "identify", userId = "crm-8", traits = { email = "info@acme.example", title = "CEO" } }
  t:expect { not_holds = { "senior_title" } }
end)

test "the last word of a trait counts, by the events' times" (function(t)
  t:advance "10d"
  t:identify { title = "CEO" }
  t:event { type = "identify", traits = { title = "Intern", phone = "+34911222333" }, timestamp = "2024-01-02T00:00:00Z" }
  t:expect { traits = { title = "CEO", phone = "+34911222333" }, holds = { "senior_title" } }
end)

test "names of traits have one spelling, derived ones come with them" (function(t)
  t:event { type = "identify", traits = { firstName = "Ana", ["Last Name"] = "Ruiz", email = "ana@Mail.Mills.example" } }
  t:expect { traits = { first_name = "Ana", last_name = "Ruiz", email_domain = glob "mail.mills.example" } }
end)

test "a group call speaks of the company" (function(t)
  t:identify { title = "Head of IT" }
  t:group("mills", { employees = 1200, name = "Mills" })
  t:expect { points = { employees = 15 }, traits = { ["company.name"] = "Mills" } }
end)

test "completeness weighs what is present and valid" (function(t)
  t:expect { completeness = 0 }
  t:identify(ANA)
  t:expect { completeness = between(89, 90) } -- 25 of 28
  t:identify { phone = "911 222 333" }
  t:expect { completeness = between(89, 90) }
  t:identify { phone = "+34911222333", linkedin = "in/ana" }
  t:expect { completeness = 100 }
end)

test "staff and tests are no leads, bots' events are no events" (function(t)
  t:identify { email = "ana@acme-crm.example" }
  t:expect { ignored = "own_staff" }
  t:identify { email = "ana@mail.acme-crm.example" }
  t:expect { ignored = "own_staff" }
  t:identify { email = "ana+test@mills.example" }
  t:expect { ignored = true }
  t:identify { email = "ana@mills.example" }
  t:expect { ignored = false }
  t:event { type = "page", properties = { path = "/pricing" }, context = { ip = "203.0.113.77" } }
  t:expect { not_holds = { "pricing_page" } }
end)

test "a gate refuses whatever the score" (function(t)
  t:identify { title = "CTO", company = { employees = 300 } }
  t:track "Demo Requested"
  t:expect { stage = "lead", scores = { fit = at_least(30), intent = at_least(40) } }
  t:identify { first_name = "Ana" }
  t:expect { stage = "mql" }
end)

test "a qualified lead cools down after a month in its stage" (function(t)
  t:identify(ANA)
  t:track "Demo Requested"
  t:expect { stage = "mql" }
  t:advance "29d23h59m59s"
  t:expect { stage = "mql" }
  t:advance "1s"
  t:expect { stage = "mql", points = { asked_demo = 20 } } -- intent is not below 20 yet
  t:advance "2m"
  t:expect { stage = "lead" }
end)

test "the same move waits before it fires again" (function(t)
  t:identify(ANA)
  t:track "Demo Requested"
  t:expect { stage = "mql" }
  t:advance "31d"
  t:expect { stage = "lead" }
  t:track "Demo Requested"
  t:expect { stage = "mql" } -- 31 days after the first time
end)
