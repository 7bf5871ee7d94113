-- Somebody who would be handed to sales.
local function hot(t)
  t:identify {
    first_name = "Ana", last_name = "Ruiz", title = "Sales Director", email = "ana@mills.example", country = "ES",
    company = { name = "Mills", employees = 300, industry = "Manufacturing" },
  }
  t:track "Demo Requested"
  t:expect { stage = "mql" }
end

local CHECKED = { by = "sales", meets_mql = true, can_talk = true, plausible = true, note = "Has a deadline" }

test "who may be contacted is handed on" (function(t)
  hot(t)
  t:act("accept", CHECKED)
  t:expect { stage = "sal" }
end)

test "who unsubscribed is handed to nobody" (function(t)
  hot(t)
  t:track "Unsubscribed"
  t:refused("accept", CHECKED, "not_contactable")
end)

test "who unsubscribed is no MQL and stands in no list of sales, whatever they ask for" (function(t)
  t:identify {
    first_name = "Ana", last_name = "Ruiz", title = "Sales Director", email = "ana@mills.example", country = "ES",
    company = { name = "Mills", employees = 300, industry = "Manufacturing" },
  }
  t:track "Unsubscribed"
  t:track "Demo Requested"
  t:expect { stage = "lead", worklists = {}, clocks = {}, why_not = { "unsubscribed" } }
  t:refused("assign", { by = "marketing", owner = "maria" }, "not_contactable")
end)

test "who complained is handed to nobody" (function(t)
  hot(t)
  t:track "Email Marked as Spam"
  t:refused("accept", CHECKED, "not_contactable")
end)

test "an address that bounced for good is no contact, a full mailbox is" (function(t)
  hot(t)
  t:track("Email Bounced", { type = "soft" })
  t:track("Email Bounced", { type = "hard" })
  t:refused("accept", CHECKED, "not_contactable")
end)

test "who stands on a list of objections is handed to nobody" (function(t)
  hot(t)
  t:identify { email = "nobody@objections.example" }
  t:refused("accept", CHECKED, "not_contactable")
end)

test "who withdrew consent is handed to nobody, and is again once it is given" (function(t)
  hot(t)
  t:identify { consent = false }
  t:refused("accept", CHECKED, "not_contactable")
  t:identify { consent = true }
  t:act("accept", CHECKED)
end)

test "no override hands on whom nobody may contact" (function(t)
  t:identify { email = "ana@mills.example" }
  t:track "Unsubscribed"
  t:refused("claim", { by = "sales", override = "I know her" }, "not_contactable")
end)

test "what sales has is not taken away by it" (function(t)
  hot(t)
  t:act("accept", CHECKED)
  t:track "Unsubscribed"
  t:act("log_call", { by = "sales", outcome = "connect" })
  t:act("consent", { by = "sales" })
  t:act("qualify", { by = "sales", need = "Loses a day a week" })
  t:expect { stage = "sql" }
end)
