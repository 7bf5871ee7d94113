-- The CRM speaks of companies, not of people.
local function crm(account, traits)
  return { type = "group", userId = "crm", anonymousId = "", groupId = account, traits = traits }
end

test "what a CRM says of a company, its people have" (function(t)
  t:identify { email = "ana@acme.example" }
  t:group "acme"
  t:expect { segments = { customers = false }, points = { new_business = 10, tier = 0 } }
  t:event(crm("acme", { tier = 1, customer = true }))
  t:expect { segments = { customers = true }, points = { new_business = 0, tier = 20 }, stage = "customer" }
  t:event(crm("acme", { customer = false, deal = { open = true } }))
  t:expect { segments = { customers = false }, points = { new_business = 10, tier = 0 } }
end)

test "it is known to who joins the company later" (function(t)
  t:event(crm("acme", { tier = 2 }))
  t:advance "1d"
  t:identify { email = "ana@acme.example" }
  t:expect { points = { tier = 0 } }
  t:group "acme"
  t:expect { points = { tier = 20 } }
  t:group "other"
  t:expect { points = { tier = 0 } }
  t:group "acme"
  t:expect { points = { tier = 20 } }
end)

test "a date of the company's passes by itself" (function(t)
  t:group "acme"
  t:event(crm("acme", { renewal = "2024-03-01T09:00:00Z" }))
  t:expect { points = { renewal = 0 } }
  t:at "2024-01-31T09:00:00Z"
  t:expect { points = { renewal = 5 } }
end)

test "functions see it" (function(t)
  t:group "acme"
  t:expect { points = { own_words = 0 } }
  t:event(crm("acme", { plan = "gold" }))
  t:expect { points = { own_words = 1 } }
end)

test "what is said late counts from when it was" (function(t)
  t:group "acme"
  t:advance "10d"
  local late = crm("acme", { customer = true })
  late.timestamp = "2024-01-05T00:00:00Z"
  t:event(late)
  t:expect { stage = "customer", segments = { customers = true } }
end)
