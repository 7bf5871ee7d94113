local function answer(t, criterion, value)
  t:act("answer", { by = "sales", actor = "maria", framework = "__name__", criterion = criterion, value = value })
end

test "__name__ asks for the need first, and a need and a budget are enough" (function(t)
  t:page "/"
  t:expect { qualified = { __name__ = false }, next_question = { __name__ = "need" } }
  answer(t, "need", "Orders get lost")
  t:expect { qualified = { __name__ = false }, next_question = { __name__ = "budget" } }
  answer(t, "budget", 5000)
  t:expect { qualified = { __name__ = true }, next_question = { __name__ = "authority" } }
end)

test "__name__: an old answer stands no longer" (function(t)
  t:page "/"
  answer(t, "budget", 5000)
  t:advance "180d"
  t:expect { criteria = { ["__name__.budget"] = "unknown" } }
end)

test "__name__: what is inferred gives way to what somebody says" (function(t)
  t:identify { title = "CEO" }
  t:expect { criteria = { ["__name__.authority"] = "met" } }
  answer(t, "authority", "none")
  t:expect { criteria = { ["__name__.authority"] = "unmet" } }
end)
