test "who gets hot is told of once, at each destination" (function(t)
  t:identify { email = "ana@acme.example" }
  t:page "/"
  t:expect { effects = {} }
  t:track("Demo Requested", { seats = 3 })
  t:expect {
    effects = {
      { type = "lead.qualified", to = "crm", effect = "hot" },
      { type = "lead.qualified", to = "chat" },
    },
  }
  t:page "/pricing"
  t:advance "1d"
  t:expect { effects = { { to = "crm" }, { to = "chat" } } }
end)

test "who must not be contacted is handed to nobody, and told of all the same" (function(t)
  t:identify { email = "ana@acme.example", contact = false }
  t:track("Demo Requested", { seats = 3 })
  t:track("Demo Requested", { seats = 7 })
  t:expect { stage = "mql", effects = { { effect = "asked", to = "chat" } } }
end)

test "the message is the body, unless a renderer makes the request" (function(t)
  t:track("Demo Requested")
  t:expect {
    request = {
      to = "crm",
      body = { type = "lead.qualified", data = { sequence = 1, desk = "madrid", lead = { id = "visitor", kind = "anonymous" } } },
    },
  }
  t:expect {
    request = {
      to = "chat", path = "/post", headers = { ["x-channel"] = "#sales" },
      body = { channel = "#sales", text = ends "is hot", fields = { "lead.qualified", 2 } },
    },
  }
end)

test "an event is told of when its condition holds, where its type is wanted" (function(t)
  t:track("Demo Requested", { seats = 3 })
  t:track("Demo Requested", { seats = 7 })
  t:expect {
    effects = { { effect = "hot" }, { effect = "hot" }, { effect = "asked", type = "lead.asked", to = "chat" } },
    request = { body = { fields = { "lead.asked", 3 } } },
  }
end)

test "a renderer may have nothing to tell" (function(t)
  t:track("Demo Requested")
  t:track("Demo Requested", { quiet = true })
  t:expect { effects = { { effect = "hot" }, { effect = "hot" } } }
end)

test "which answers mean yes" (function(t)
  t:expect {
    accepts = {
      { to = "chat", body = { ok = true }, is = true },
      { to = "chat", body = { error = "no such channel" }, is = "no such channel" },
      { to = "crm", status = 204, is = true },
    },
  }
end)
