test "company_csv finds the row" (function(t)
  t:identify { email = "ana@Acme.example" }
  t:enrich "company_csv"
  t:expect { traits = { ["company.name"] = "Acme, Inc.", ["company.employees"] = 300, ["company.tier"] = missing } }
end)

test "company_csv knows nothing of others" (function(t)
  t:identify { email = "ana@other.example" }
  t:enrich "company_csv"
  t:expect { traits = { ["company.name"] = missing } }
end)
