test "size knows nothing of others" (function(t)
  t:identify { email = "ana@other.example" }
  t:enrich "size"
  t:expect { traits = { ["company.name"] = missing } }
end)
