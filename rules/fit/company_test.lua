test "company size goes by the table" (function(t)
  for employees, points in pairs {
    [3] = -10, [9] = -10, [10] = 3, [49] = 3, [50] = 12, [199] = 12, [200] = 20, [999] = 20, [1000] = 15, [4999] = 15, [5000] = 10,
  } do
    t:identify { company = { employees = employees } }
    t:expect { points = { employees = points } }
  end
end)

test "an unknown company size is worth nothing" (function(t)
  t:identify { company = { name = "Mills" } }
  t:expect { not_holds = { "employees" } }
end)

test "industry and country" (function(t)
  t:identify { country = "España", company = { name = "Mills", industry = "Software" } }
  t:expect { points = { target_industry = 10, target_country = 5 }, not_holds = { "avoided_industry", "unserved_country" } }
  t:identify { country = "Atlantis", company = { name = "Mills", industry = "Online gambling" } }
  t:expect { points = { avoided_industry = -40, unserved_country = -15 }, not_holds = { "target_industry", "target_country" } }
end)

test "an unknown country is not an unserved one" (function(t)
  t:identify { first_name = "Ana" }
  t:expect { not_holds = { "unserved_country", "target_country" } }
end)

test "agencies look on behalf of others" (function(t)
  t:identify { company = { type = "agency" } }
  t:expect { points = { agency = -5 } }
  t:identify { company = { type = "manufacturer" } }
  t:expect { not_holds = { "agency" } }
end)

test "a company alone, however well it fits, is no A" (function(t)
  t:identify { country = "MX", company = { employees = 300, industry = "software", name = "Mills" } }
  t:expect { points = { employees = 20, target_industry = 10, target_country = 5 }, scores = { fit = 35 } }
end)

test "what a group call says about the company counts" (function(t)
  t:identify { title = "CTO" }
  t:group("mills", { employees = 300, industry = "software" })
  t:expect { points = { employees = 20, target_industry = 10 } }
end)

test "a size that is no number is worth nothing" (function(t)
  t:identify { company = { employees = "a few" } }
  t:expect { points = { employees = 0 } }
end)
