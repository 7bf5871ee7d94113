test "company size goes by the table" (function(t)
  for employees, points in pairs {
    [3] = -10, [9] = -10, [10] = 5, [49] = 5, [50] = 20, [199] = 20, [200] = 30, [999] = 30, [1000] = 20, [5000] = 15,
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
  t:expect { points = { target_industry = 15, target_country = 10 }, not_holds = { "avoided_industry", "unserved_country" } }
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

test "the group's cap bounds what the company alone can bring" (function(t)
  t:identify { country = "MX", company = { employees = 300, industry = "software", name = "Mills" } }
  t:expect { points = { employees = 30, target_industry = 15, target_country = 10 }, scores = { fit = 45 } } -- 55, capped at 50, less 5
end)

test "what a group call says about the company counts" (function(t)
  t:identify { title = "CTO" }
  t:group("mills", { employees = 300, industry = "software" })
  t:expect { points = { employees = 30, target_industry = 15 } }
end)
