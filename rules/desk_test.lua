local ANA = {
  first_name = "Ana", last_name = "Ruiz", title = "Sales Director", email = "ana@mills.example", country = "ES",
  company = { name = "Mills", employees = 300, industry = "Manufacturing" },
}

-- 2024-01-01 is a holiday; the first working hour begins on 2 January at 8:00 UTC.
test "who asked to talk is called within the working hour" (function(t)
  t:identify(ANA)
  t:track "Demo Requested"
  t:expect { worklists = { "hot" }, clocks = { first_touch = "open", accept_or_reject = "open" } }
  t:at "2024-01-02T08:29:59Z"
  t:expect { clocks = { first_touch = "open" } }
  t:at "2024-01-02T08:30:00Z"
  t:expect { clocks = { first_touch = "warned" } }
  t:at "2024-01-02T09:00:00Z"
  t:expect { clocks = { first_touch = "breached", accept_or_reject = "open" } }
  t:track "Call Attempted"
  t:expect { clocks = { first_touch = "stopped", accept_or_reject = "open" }, worklists = { "hot" } }
end)

test "accepting ends the clocks of the stage" (function(t)
  t:identify(ANA)
  t:track "Demo Requested"
  t:at "2024-01-02T08:10:00Z"
  t:act("accept", { by = "sales", lifecycle = "main", from = "mql", to = "sal" })
  t:expect {
    worklists = { "working" },
    clocks = { first_touch = "stopped", accept_or_reject = "stopped", attempts = "open" },
  }
end)

test "disqualifying leaves every list and clock" (function(t)
  t:identify(ANA)
  t:track "Demo Requested"
  t:act("disqualify", { by = "sales", lifecycle = "main", from = "mql", to = "disqualified", reason = "competitor" })
  t:expect { stage = "disqualified", worklists = {}, clocks = { first_touch = "stopped", accept_or_reject = "stopped" } }
end)

test "who asked to talk and is hardly known is not lost" (function(t)
  t:identify { email = "ana@mills.example" }
  t:track "Demo Requested"
  t:expect { stage = "lead", worklists = { "incomplete" }, clocks = { complete = "open", first_touch = missing } }
  t:advance "30d"
  t:expect { worklists = { "incomplete" }, clocks = { complete = "breached" } }
  t:identify(ANA)
  t:expect { worklists = {}, clocks = { complete = "stopped" } }
end)

test "who did not ask is nobody's to call" (function(t)
  t:identify { email = "ana@mills.example" }
  t:page "/pricing"
  t:expect { worklists = {}, clocks = { complete = missing }, owner = missing }
end)
