local function told(answer)
  return function(t)
    t:identify { email = "ana@acme.example" }
    t:answer("mx acme.example", answer)
    t:enrich "mx"
  end
end

test "mx knows who runs the mail" (function(t)
  told { { host = "aspmx.l.google.com", priority = 1 }, { host = "alt1.aspmx.l.google.com", priority = 5 } }(t)
  t:expect { traits = { email_deliverable = true, email_provider = "google" } }
end)

test "mx knows others by their domain" (function(t)
  told { { host = "mx1.mail.acme.co.uk", priority = 10 } }(t)
  t:expect { traits = { email_deliverable = true, email_provider = "acme.co.uk" } }
end)

test "mx knows who takes none" (function(t)
  told { { host = "", priority = 0 } }(t)
  t:expect { traits = { email_deliverable = false, email_provider = missing } }
  told { error = "not_found" }(t)
  t:expect { traits = { email_deliverable = false } }
end)
