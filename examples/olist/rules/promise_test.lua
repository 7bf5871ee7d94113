test "a search that lands on a good page promises much" (function(t)
  t:identify { origin = "paid_search", landing_page_id = "22c29808c4f815213303f8933030604c" }
  t:expect { scores = { promise = 32 } }
end)

test "an unknown origin is better than most" (function(t)
  t:identify { landing_page_id = "e492ee5eaf1697716985cc6f33f9cd9b" }
  t:expect { scores = { promise = 19 } }
end)

test "who left their details is an MQL, who signed is a customer" (function(t)
  t:identify { origin = "email" }
  t:expect { stage = "visitor" }
  t:track "MQL Created"
  t:expect { stage = "mql" }
  t:advance "14d"
  t:track("Deal Won", { lead_type = "online_medium" })
  t:expect { stage = "customer" }
end)

test "signed before the first contact" (function(t)
  t:track "Deal Won"
  t:advance "1d"
  t:track "MQL Created"
  t:expect { stage = "customer" }
end)
