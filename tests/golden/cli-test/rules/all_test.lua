test "prices count" (function(t)
  t:page "/pricing"
  t:expect { stage = "lead", scores = { engagement = 15 }, holds = { "pricing_page" } }
end)

test "two looks are enough" (function(t)
  t:page "/pricing"
  t:advance "1h"
  t:page "/pricing/enterprise"
  t:expect { stage = "mql", scores = { engagement = 30 } }
end)

test "three looks are better than two" (function(t)
  for _ = 1, 3 do t:page "/pricing" end
  t:advance "1h"
  t:expect { stage = "lead", scores = { engagement = 45 }, not_holds = { "pricing_page" } }
end)

test "a rule's function that fails is no success" (function(t)
  t:track "Trial Started"
  t:expect { scores = { engagement = 0 } }
end)

test "a test with a mistake fails at its line" (function(t)
  t:page "/pricing"
  t:advance "one day"
end)
