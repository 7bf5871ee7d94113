local url = "POST https://api.hubapi.com/crm/v3/objects/contacts/search"

local function known(answer)
  return function(t)
    t:identify { email = "ana@acme.example" }
    t:answer(url, answer)
    t:enrich "hubspot_contact"
  end
end

test "hubspot_contact brings owner, stage and status" (function(t)
  local properties = { hs_object_id = "512", hubspot_owner_id = "77", lifecyclestage = "customer", hs_lead_status = "" }
  known { json = { total = 1, results = { { id = "512", properties = properties } } } }(t)
  t:expect { traits = { ["crm.id"] = "512", ["crm.owner"] = "77", ["crm.stage"] = "customer" } }
  t:expect { traits = { ["crm.lead_status"] = missing, ["crm.last_contacted"] = missing } }
end)

test "hubspot_contact may find nobody" (function(t)
  known { json = { total = 0, results = {} } }(t)
  t:expect { traits = { ["crm.stage"] = missing } }
end)
