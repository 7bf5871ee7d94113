local given = { effect = "given", to = "crm" }
local soon = { effect = "soon", to = "chat", type = "lead.soon" }
local late_chat, late_crm = { effect = "late", to = "chat", type = "lead.late" }, { effect = "late", to = "crm" }

test "a clock that warns and runs out is told of once, and the lead goes to the next in turn" (function(t)
  t:identify { email = "ana@acme.example" }
  t:track "Demo Requested"
  t:expect { owner = "maria", effects = { given } }
  t:advance "29m"
  t:expect { effects = { given } }
  t:advance "1m"
  t:expect { effects = { given, soon }, clocks = { first_touch = "warned" } }
  t:advance "30m"
  t:expect { owner = "jon", effects = { given, soon, late_chat, late_crm, given }, clocks = { first_touch = "breached" } }
  t:advance "3d"
  t:expect { owner = "jon", effects = { given, soon, late_chat, late_crm, given } }
end)

test "whom nobody may contact is given to nobody, and to nobody else when a clock runs out" (function(t)
  t:identify { email = "ana@acme.example" }
  t:track "Unsubscribed"
  t:track "Demo Requested"
  t:expect { stage = "lead", effects = {}, clocks = {}, why_not = { "unsubscribed" } }
end)

test "who unsubscribes while somebody has them is not passed on" (function(t)
  t:identify { email = "ana@acme.example" }
  t:track "Demo Requested"
  t:expect { owner = "maria" }
  t:track "Unsubscribed"
  t:advance "2h"
  t:expect { stage = "mql", owner = "maria", clocks = { first_touch = "breached" } }
end)

test "what is told says which clock, since when and for whom" (function(t)
  t:identify { email = "ana@acme.example" }
  t:track "Demo Requested"
  t:advance "2h"
  t:expect {
    request = {
      to = "chat",
      body = {
        type = "lead.late", timestamp = "2024-01-01T10:00:00Z",
        data = {
          clock = { what = "breached", sla = "first_touch", due_at = "2024-01-01T10:00:00Z", escalate = "sales_manager", state = "breached" },
          standing = { stage = "mql" },
        },
      },
    },
  }
  t:expect { request = { to = "crm", body = { data = { event = { act = "assign", actor = "embudo", role = "system" } } } } }
end)

test "who is called in time breaks no promise, and the call is told of" (function(t)
  t:identify { email = "ana@acme.example" }
  t:track "Demo Requested"
  t:advance "10m"
  t:act("log_call", { by = "sales", actor = "maria" })
  t:advance "20h"
  t:expect {
    effects = { given, { effect = "called" } },
    request = { to = "crm", body = { data = { event = { act = "log_call", actor = "maria", role = "sales" } } } },
  }
end)

test "a condition is judged when the clock runs out" (function(t)
  t:identify { email = "ana@acme.example" }
  t:track "Demo Requested"
  t:advance "10m"
  t:act("log_call", { by = "sales" })
  t:advance "23h50m"
  t:expect { clocks = { answer = "breached" }, effects = { given, { effect = "called" } } }
end)

test "any clock will do where the condition holds" (function(t)
  t:identify { email = "ana@acme.example" }
  t:track "Demo Requested"
  t:track "Demo Requested"
  t:advance "10m"
  t:act("log_call", { by = "sales" })
  t:advance "23h50m"
  t:expect { effects = { given, { effect = "called" }, { effect = "any_late", to = "crm" } } }
end)

test "an act that moves the lead is told of by its name and by its stage" (function(t)
  t:identify { email = "ana@acme.example" }
  t:track "Demo Requested"
  t:advance "10m"
  t:act("accept", { by = "sales" })
  t:expect { effects = { given, { effect = "accepted" }, { effect = "accepted" } } }
end)

test "a lead that left the stage is nobody's debt" (function(t)
  t:identify { email = "ana@acme.example" }
  t:track "Demo Requested"
  t:act("reject", { by = "sales", reason = "not_mql" })
  t:expect { effects = { given }, clocks = { first_touch = "stopped" } }
end)
