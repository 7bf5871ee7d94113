test "people in sales and marketing buy from us" (function(t)
  t:identify { title = "Directora de Ventas" }
  t:expect { points = { buying_department = 10 } }
  t:identify { title = "Demand Generation Specialist" }
  t:expect { holds = { "buying_department" } }
end)

test "people elsewhere do not" (function(t)
  t:identify { title = "Accountant" }
  t:expect { not_holds = { "buying_department" } }
end)
