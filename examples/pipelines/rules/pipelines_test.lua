local LARGE = { email = "ana@mills.example", title = "Head of IT", company = { employees = 900 } }
local SMALL = { email = "tim@two.example", title = "Owner", company = { employees = 2 } }
local CHECKED = { by = "sales", meets_mql = true, can_talk = true, plausible = true }

test "an address is an MQL here and none there" (function(t)
  t:identify(SMALL)
  t:expect { stages = { short = "mql", enterprise = "lead" }, worklists = { "short" } }
end)

test "who leads something at a large company and looks at prices is an MQL there and none here" (function(t)
  t:identify(LARGE)
  t:expect { stages = { short = "lead", enterprise = "lead" } }
  t:page "/pricing"
  t:expect { stages = { short = "lead", enterprise = "mql" }, worklists = { "enterprise" }, clocks = { answer = "open" } }
end)

test "the same act means something else in each" (function(t)
  t:identify(SMALL)
  t:refused("accept", CHECKED, "policy_failed")
  t:act("answer", { by = "sales", criterion = "bant.authority", value = "me" })
  t:act("answer", { by = "sales", criterion = "bant.timeline", value = "2024-02-01" })
  t:act("accept", { by = "sales" })
  t:expect { stages = { short = "sal", enterprise = "lead" } }
end)

test "large: three checks, then a talk; an intent is not enough" (function(t)
  t:identify(LARGE)
  t:page "/pricing"
  t:refused("accept", { by = "sales" }, "missing_fields")
  t:act("accept", CHECKED)
  t:track "Demo Requested"
  t:track "Trial Started"
  t:expect { scores = { intent = at_least(80) }, stages = { enterprise = "sal" } }
  t:act("consent", { by = "sales" })
  t:refused("qualify", { by = "sales" }, "policy_failed")
  t:act("log_call", { by = "sales", outcome = "connect" })
  t:act("qualify", { by = "sales" })
  t:expect { stages = { enterprise = "sql" } }
end)

test "small: a strong intent is enough, without a talk" (function(t)
  t:identify(SMALL)
  t:act("answer", { by = "sales", criterion = "bant.authority", value = "me" })
  t:act("answer", { by = "sales", criterion = "bant.timeline", value = "2024-02-01" })
  t:act("accept", { by = "sales" })
  t:track "Trial Started"
  t:expect { stages = { short = "sal" } }
  t:track "Demo Requested"
  t:expect { stages = { short = "sql" } }
  t:track "Subscription Started"
  t:expect { stages = { short = "customer" } }
end)

test "who grows changes over, and takes the history along" (function(t)
  t:identify(SMALL)
  t:track "Demo Requested"
  t:expect { stages = { short = "mql", enterprise = "lead" }, worklists = { "short" } }
  t:identify { title = "Head of IT", company = { employees = 400 } }
  t:expect { stages = { enterprise = "mql" }, scores = { intent = 40 } }
end)
