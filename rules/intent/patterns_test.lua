test "prices twice within a week" (function(t)
  t:page "/pricing"
  t:expect { not_holds = { "pricing_twice" } }
  t:advance "6d23h59m"
  t:page "/pricing"
  t:expect { points = { pricing_twice = 15 } }
  t:advance "14d"
  t:expect { points = { pricing_twice = 7.5 } }
end)

test "prices twice, a week apart, is too slow" (function(t)
  t:page "/pricing"
  t:advance "7d"
  t:page "/pricing"
  t:expect { not_holds = { "pricing_twice" } }
end)

test "prices twice, then a demonstration" (function(t)
  t:page "/pricing"
  t:advance "1d"
  t:page "/precios"
  t:expect { not_holds = { "hot_sequence" } }
  t:advance "1d"
  t:track "Demo Requested"
  t:expect { points = { hot_sequence = 30 } }
  t:advance "14d"
  t:expect { points = { hot_sequence = 15 } }
  t:advance "16d"
  t:expect { not_holds = { "hot_sequence" } }
end)

test "the demonstration first, then prices, is another story" (function(t)
  t:track "Demo Requested"
  t:page "/pricing"
  t:page "/pricing"
  t:expect { not_holds = { "hot_sequence" } }
end)

test "comparing" (function(t)
  t:page "/blog/us-vs-them"
  t:expect { not_holds = { "compares" } }
  t:page "/product/vs-rival"
  t:page "/comparativa"
  t:page "/compare/spreadsheet"
  t:expect { points = { compares = 20 } }
end)

test "a title learnt later makes earlier looks at prices count" (function(t)
  t:page "/pricing"
  t:expect { not_holds = { "decider_at_prices" } }
  t:advance "1h"
  t:identify { title = "CTO" }
  t:expect { points = { decider_at_prices = above(9.9) } }
  t:identify { title = "Accountant" }
  t:expect { not_holds = { "decider_at_prices" } }
end)

test "a point for every seat, 25 at most" (function(t)
  t:track("Trial Started", { seats = 12 })
  t:expect { points = { trial_seats = 12 } }
  t:advance "15d"
  t:expect { points = { trial_seats = 6 } }
  t:track("Trial Started", { seats = 400 })
  t:expect { points = { trial_seats = 25 } }
end)

test "seats that are no number are none" (function(t)
  t:track("Trial Started", { seats = "many" })
  t:track "Trial Started"
  t:track("Trial Started", { seats = -5 })
  t:expect { not_holds = { "trial_seats" } }
end)
