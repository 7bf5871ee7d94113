local url = "GET https://api.example/v1/companies?domain=acme.example"

test "company_http maps what it is told" (function(t)
  t:identify { email = "ana@acme.example" }
  t:answer(url, { json = { name = "Acme", metrics = { employees = 300 }, geo = { country = "DE" } } })
  t:enrich "company_http"
  t:expect { traits = { ["company.name"] = "Acme", ["company.employees"] = 300, ["company.country"] = "DE" } }
  t:expect { traits = { ["company.industry"] = missing } }
end)

test "company_http may find nothing" (function(t)
  t:identify { email = "ana@acme.example" }
  t:answer(url, { status = 404 })
  t:enrich "company_http"
  t:expect { traits = { ["company.name"] = missing } }
end)
