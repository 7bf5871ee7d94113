test "__name__ is told, in the form it wants" (function(t)
  t:track("__event__", { plan = "pro" })
  t:expect {
    effects = { { type = "lead.__name__", to = "__name__" } },
    request = { to = "__name__", body = { channel = "#sales", why = "lead.__name__", plan = "pro" } },
  }
end)

test "__name__ is told of nothing else" (function(t)
  t:track "Something Else"
  t:expect { effects = {} }
end)

test "what __name__ answers is understood" (function(t)
  t:expect {
    accepts = {
      { to = "__name__", status = 200, body = { ok = true }, is = true },
      { to = "__name__", status = 200, body = { ok = false, error = "no such channel" }, is = "no such channel" },
      { to = "__name__", status = 200, body = "fine", is = "no JSON came back" },
    },
  }
end)
