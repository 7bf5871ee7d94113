test "titles that rarely buy lose points" (function(t)
  local points = { studies = -30, looks_for_work = -30, purchasing = -10, sells_to_us = -20 }
  for title, id in pairs {
    ["PhD student"] = "studies", ["Estudiante de máster"] = "studies", ["Marketing Intern"] = "studies",
    ["Job Seeker"] = "looks_for_work", ["En búsqueda: open to work"] = "looks_for_work",
    ["Procurement Officer"] = "purchasing", ["Jefa de Adquisiciones"] = "purchasing",
    ["Recruiter"] = "sells_to_us",
  } do
    t:identify { title = title }
    t:expect { points = { [id] = points[id] } }
  end
end)

test "other titles do not" (function(t)
  t:identify { title = "International Sales Director" } -- an intern is a whole word
  t:expect { not_holds = { "studies", "looks_for_work", "purchasing", "sells_to_us" } }
end)

-- Soft: purchasing at a company that fits is still welcome.
test "purchasing at the right company still becomes an MQL" (function(t)
  t:identify {
    first_name = "Luis", last_name = "Paz", title = "Head of Procurement", email = "luis@mills.example", country = "MX",
    company = { name = "Mills", employees = 400, industry = "Manufacturing" },
  }
  t:track "Demo Requested"
  t:expect { holds = { "purchasing" }, stage = "mql" }
end)
