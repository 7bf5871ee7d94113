test "interest follows what they read" (function(t)
  t:page "/product/scoring"
  t:track("Content Downloaded", { topic = "scoring", gated = true })
  t:track("Webinar Registered", { topic = "scoring", webinar_id = "w1" })
  t:page "/integrations/crm"
  t:page "/seguridad"
  t:expect { interest = { scoring = 3, integration = 1, security = 1 } }
  t:advance "30d"
  t:expect { interest = { scoring = at_most(1.5), integration = at_most(0.5) } }
end)

test "ten a month at most" (function(t)
  for _ = 1, 15 do t:page "/product/scoring" end
  t:expect { interest = { scoring = 10 }, not_holds = { "topic_security" } }
end)
