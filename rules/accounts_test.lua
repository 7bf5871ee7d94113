local ANA = {
  first_name = "Ana", last_name = "Ruiz", title = "Sales Director", email = "ana@mail.mills.example", country = "ES",
  company = { name = "Mills", employees = 300, industry = "Manufacturing" },
}

-- The CRM tells of an account without any of its people.
local function crm_tells(t, account, traits)
  t:event { type = "group", userId = "crm", groupId = account, traits = traits }
end

test "a customer's people go to who has the account, and to no list of new business" (function(t)
  crm_tells(t, "001", { domain = "mills.example", status = "customer", owner = "maria" })
  t:identify(ANA)
  t:track "Demo Requested"
  t:expect {
    stage = "lead", stages = { existing = "for_owner" }, worklists = { "existing" }, owner = "maria",
    segments = { existing = true }, clocks = { existing_touch = "open", first_touch = missing },
  }
  t:at "2024-01-02T11:59:59Z"
  t:expect { clocks = { existing_touch = "open" } }
  t:at "2024-01-02T12:00:00Z"
  t:expect { clocks = { existing_touch = "breached" } }
  t:act("handled", { by = "sales" })
  t:expect { stage = "lead", stages = { existing = "nothing_due" }, worklists = {}, clocks = { existing_touch = "stopped" } }
  t:at "2024-01-31T08:59:59Z"
  t:track "Demo Requested"
  t:expect { stages = { existing = "nothing_due" } }
  t:advance "1s"
  t:track "Demo Requested"
  t:expect { stages = { existing = "for_owner" } }
end)

for _, asked in ipairs { "Demo Requested", "Quote Requested", "Form Submitted" } do
  test("who asked is the owner's when the account turns out to be ours, and a lead again when it no longer is: " .. asked)(function(t)
    t:identify(ANA)
    t:track(asked, { form = "demo" })
    t:expect { stages = { existing = "nothing_due" } }
    t:advance "13d"
    crm_tells(t, "001", { domain = "mills.example", status = "partner" })
    t:expect { stages = { existing = "for_owner" }, worklists = { "existing", "hot" } }
    t:advance "1h"
    crm_tells(t, "001", { status = "lost" })
    t:expect { stages = { existing = "nothing_due" } }
  end)
end

test "a question of two weeks ago is not for the owner any more, and another form is no wish to talk" (function(t)
  t:identify(ANA)
  t:track("Form Submitted", { form = "newsletter" })
  t:track("Quote Requested", { sku = "a" })
  t:advance "14d"
  crm_tells(t, "001", { domain = "mills.example", status = "open_deal" })
  t:expect { segments = { existing = true }, stages = { existing = "nothing_due" } }
end)

test "customers, partners and open deals are accounts we have" (function(t)
  t:identify(ANA)
  for _, traits in ipairs {
    { status = "customer" }, { status = "partner" }, { status = "open_deal" }, { customer = true }, { open_deals = 1 },
  } do
    crm_tells(t, "001", { domain = "mills.example", status = "prospect", customer = false, open_deals = 0 })
    t:expect { segments = { existing = false } }
    crm_tells(t, "001", traits)
    t:expect { segments = { existing = true } }
  end
end)

test "domains are found however they are written; free mail and shared networks are nobody's" (function(t)
  t:identify(ANA)
  for _, traits in ipairs {
    { domain = "MILLS.example" }, { domains = { "other.example", "mills.example" } }, { website = "https://www.mills.example/es?a=1" },
  } do
    traits.status = "customer"
    crm_tells(t, "001", traits)
    t:expect { segments = { existing = true } }
    crm_tells(t, "001", { domain = "", domains = {}, website = "" })
    t:expect { segments = { existing = false } }
  end
  crm_tells(t, "002", { domains = { "gmail.com", "mailinator.com", "example", "co.uk" }, status = "customer" })
  for _, address in ipairs { "ana@gmail.com", "ana@mailinator.com", "ana@mills.co.uk", "ana@notmills.example" } do
    t:identify { email = address }
    t:expect { segments = { existing = false } }
  end
end)

test "an account that is named counts, unless another is the customer" (function(t)
  t:identify(ANA)
  t:group("web-mills", { employees = 300 })
  t:expect { segments = { existing = false } }
  crm_tells(t, "001", { domain = "mills.example", status = "prospect" })
  t:expect { segments = { existing = false } }
  crm_tells(t, "web-mills", { customer = true })
  t:expect { segments = { existing = true } }
  crm_tells(t, "web-mills", { customer = false })
  crm_tells(t, "001", { status = "customer" })
  t:expect { segments = { existing = true } }
end)

test "who is hardly known and of an account we have is its owner's, not marketing's" (function(t)
  crm_tells(t, "001", { domain = "mills.example", status = "customer" })
  t:identify { email = "ana@mills.example" }
  t:track "Demo Requested"
  t:expect { worklists = { "existing" } }
  crm_tells(t, "001", { status = "lost" })
  t:advance "1h"
  t:track "Quote Requested"
  t:expect { worklists = { "incomplete" } }
  crm_tells(t, "001", { status = "partner" })
  t:expect { worklists = {} }
end)
