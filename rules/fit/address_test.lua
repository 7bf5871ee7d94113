local function only(t, email, id, points)
  local others = {}
  for _, rule_id in ipairs { "free_mail", "disposable_mail", "competitor", "education", "company_address" } do
    if rule_id ~= id then others[#others + 1] = rule_id end
  end
  t:identify { email = email }
  t:expect { points = { [id] = points }, not_holds = others }
end

test "each address is of one kind" (function(t)
  only(t, "ana@gmail.com", "free_mail", -15)
  only(t, "Ana@GMAIL.com", "free_mail", -15)
  only(t, "ana@0-mail.com", "disposable_mail", -50)
  only(t, "spy@rival.example", "competitor", -100)
  only(t, "spy@lab.rival.example", "competitor", -100)
  only(t, "ana@mit.edu", "education", -10)
  only(t, "ana@mills.example", "company_address", 5)
end)

test "no address, no points" (function(t)
  t:page "/"
  t:expect { not_holds = { "free_mail", "disposable_mail", "competitor", "education", "company_address", "role_mailbox" } }
end)

test "a mailbox of several people" (function(t)
  t:identify { email = "ventas@mills.example" }
  t:expect { points = { role_mailbox = -5 } }
  t:identify { email = "ventanas@mills.example" }
  t:expect { not_holds = { "role_mailbox" } }
end)

-- Soft: free mail lowers the fit and shuts nobody out.
test "a director who writes from a free address can become an MQL" (function(t)
  t:identify {
    first_name = "Ana", last_name = "Ruiz", title = "Sales Director", email = "ana.ruiz@gmail.com", country = "ES",
    company = { name = "Mills", employees = 300 },
  }
  t:track "Demo Requested"
  t:expect { holds = { "free_mail" }, stage = "mql" }
end)
