test "__name__ tells how many work there" (function(t)
  t:identify { email = "ana@acme.example" }
  t:answer("GET https://api.example/companies/acme.example", { json = { employees = 300 } })
  t:enrich "__name__"
  t:expect { traits = { ["company.employees"] = 300 } }
  t:advance "90d"
  t:expect { traits = { ["company.employees"] = missing } }
end)

test "__name__ finds nothing" (function(t)
  t:identify { email = "ana@acme.example" }
  t:answer("GET https://api.example/companies/*", { status = 404 })
  t:enrich "__name__"
  t:expect { traits = { ["company.employees"] = missing } }
end)
