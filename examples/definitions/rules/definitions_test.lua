test "an address alone is enough for one of the three" (function(t)
  t:identify { email = "ana@mills.example" }
  t:expect { stages = { attention = "contacto", threshold = "lead", details = "mql" } }
end)

test "a name, a title and a look at the prices are enough for another" (function(t)
  t:identify { first_name = "Ana", title = "CTO" }
  t:page "/pricing"
  t:expect { stages = { attention = "mql", threshold = "lead", details = "visitor" } }
end)

test "forty points are enough for the third, exactly forty too" (function(t)
  for _ = 1, 2 do t:track("Content Downloaded", { gated = true }) end
  t:expect { stages = { threshold = "lead" } }
  t:page "/pricing" -- 20 + 15 + 1
  for _ = 1, 3 do t:page "/" end
  t:expect { scores = { activity = 39 }, stages = { threshold = "lead" } }
  t:page "/"
  t:expect { scores = { activity = 40 }, stages = { threshold = "mql", attention = "contacto" } }
  t:advance "60d"
  t:expect { stages = { threshold = "lead" } }
end)
