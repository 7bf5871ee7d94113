local ANA = {
  first_name = "Ana", last_name = "Ruiz", title = "CTO", email = "ana@mills.example", country = "ES",
  company = { name = "Mills", employees = 80 },
}

test "seven required fields at five each, nine points of optional ones" (function(t)
  t:identify(ANA)
  t:expect { completeness = 79 } -- 35 of 44
  t:identify { phone = "+34911234567", linkedin = "https://www.linkedin.com/in/ana", twitter = "@ana" }
  t:expect { completeness = 90 } -- 40 of 44
end)

test "what is not valid is missing" (function(t)
  t:identify { first_name = "-", last_name = "", title = "?", email = "nobody", phone = "911" }
  t:expect { completeness = 0 }
end)

test "camelCase and snake_case are the same field" (function(t)
  t:event { type = "identify", traits = { firstName = "Ana", ["Last Name"] = "Ruiz" } }
  t:expect { traits = { first_name = "Ana", last_name = "Ruiz" } }
end)
