test "a nearly complete profile gains, a nearly empty one loses" (function(t)
  t:identify { email = "ana@mills.example" }
  t:expect { completeness = below(30), points = { hardly_known = -5 }, not_holds = { "well_known" } }
  t:identify {
    first_name = "Ana", last_name = "Ruiz", title = "CTO", country = "ES", company = { name = "Mills", employees = 80 },
    phone = "+34911234567",
  }
  t:expect { completeness = at_least(80), points = { well_known = 5 }, not_holds = { "hardly_known" } }
end)

test "a field that is not valid counts as missing" (function(t)
  t:identify { first_name = "Ana", last_name = "Ruiz", title = "CTO", email = "ana@mills.example", phone = "12" }
  t:expect { completeness = 45 } -- 4 of 7 required fields at 5 each, of 44 in all
  t:identify { phone = "+34911234567" }
  t:expect { completeness = 52 }
end)
