test "a title is judged by its first matching row" (function(t)
  for title, points in pairs {
    ["CEO"] = 25, ["Co-founder & CTO"] = 25, ["Directora General"] = 25, ["SOCIA"] = 25,
    ["Head of Sales"] = 20, ["DIRECTORA DE MARKETING"] = 20, ["VP Sales"] = 20,
    ["Marketing Manager"] = 12, ["Responsable de compras"] = 12, ["Accountant"] = 3,
  } do
    t:identify { title = title }
    t:expect { points = { seniority = points } }
  end
end)

test "an assistant to the director does not sign" (function(t)
  t:identify { title = "Assistant to the Director" }
  t:expect { points = { seniority = 2 } }
end)

test "words are whole: a doctor is no CTO, a header is no head" (function(t)
  t:identify { title = "Doctor" }
  t:expect { points = { seniority = 3 } }
  t:identify { title = "Header designer" }
  t:expect { points = { seniority = 3 } }
end)

test "no title, no points" (function(t)
  t:page "/"
  t:expect { not_holds = { "seniority" } }
end)

test "a new title replaces the old one" (function(t)
  t:identify { title = "CEO" }
  t:expect { points = { seniority = 25 } }
  t:identify { title = "Accountant" }
  t:expect { points = { seniority = 3 } }
end)
