test "a title is judged by its first matching row" (function(t)
  for title, points in pairs {
    ["CEO"] = 30, ["Co-founder & CTO"] = 30, ["Directora General"] = 30, ["SOCIA"] = 30,
    ["Head of Sales"] = 24, ["DIRECTORA DE MARKETING"] = 24, ["VP Sales"] = 24,
    ["Marketing Manager"] = 14, ["Responsable de compras"] = 14, ["Accountant"] = 5,
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
  t:expect { points = { seniority = 5 } }
  t:identify { title = "Header designer" }
  t:expect { points = { seniority = 5 } }
end)

test "no title, no points" (function(t)
  t:page "/"
  t:expect { not_holds = { "seniority" } }
end)

test "a new title replaces the old one" (function(t)
  t:identify { title = "CEO" }
  t:expect { points = { seniority = 30 } }
  t:identify { title = "Accountant" }
  t:expect { points = { seniority = 5 } }
end)
