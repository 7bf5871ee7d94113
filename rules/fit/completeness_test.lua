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

test "just below the bar is not nearly complete, just above the other not nearly empty" (function(t)
  t:identify { first_name = "Ana", title = "CTO", phone = "+34911234567", linkedin = "https://www.linkedin.com/in/ana" }
  t:expect { completeness = 31, not_holds = { "hardly_known" } }
  t:identify {
    last_name = "Ruiz", email = "ana@mills.example", country = "ES", company = { name = "Mills", employees = 80 },
    phone = missing, linkedin = missing,
  }
  t:expect { completeness = 79, not_holds = { "well_known" } }
end)
