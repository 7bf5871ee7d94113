test "what is asked for is unknown, and its negation too" (function(t)
  t:identify { email = "ana@acme.example" }
  t:expect { scores = { fit = 7 }, holds = { "not_big" } }
  t:enrich("company", "asked")
  t:expect { scores = { fit = 0 }, not_holds = { "big", "not_big" } }
  t:enrich("company", { ["company.employees"] = 300, ["company.industry"] = "metal" })
  t:expect { scores = { fit = 29 }, holds = { "big" }, traits = { ["company.employees"] = 300 } }
end)

test "an answer ends to the millisecond" (function(t)
  t:identify { email = "ana@acme.example" }
  t:enrich("company", { ["company.employees"] = 300 })
  t:advance "89d23h59m59s999ms"
  t:expect { holds = { "big" } }
  t:advance "1ms"
  t:expect { holds = { "not_big" }, scores = { fit = 7 } }
end)

test "nobody waits longer than the deadline" (function(t)
  t:identify { email = "ana@acme.example" }
  t:enrich("company", "asked")
  t:advance "9s999ms"
  t:expect { not_holds = { "not_big" } }
  t:advance "1ms"
  t:expect { holds = { "not_big" } }
end)

test "nothing to know and failures end the waiting" (function(t)
  t:identify { email = "ana@acme.example" }
  t:enrich("company", "asked")
  t:enrich("company", "nothing")
  t:expect { holds = { "not_big" } }
  t:enrich("company", "asked")
  t:enrich("company", "failed")
  t:expect { holds = { "not_big" } }
end)

test "a move that no answer can prevent is not delayed; one that may be is" (function(t)
  t:identify { email = "ana@acme.example" }
  t:enrich("company", "asked")
  t:identify { title = "Director" }
  t:expect { stage = "lead", scores = { fit = 20 } } -- a small company may cost the point that is needed
  t:advance "9s999ms"
  t:expect { stage = "lead" }
  t:advance "1ms"
  t:expect { stage = "warm", scores = { fit = 27 } }
  t:enrich("company", "asked")
  t:identify { seats = 30 }
  t:expect { stage = "mql", scores = { fit = 60 } } -- whatever the size, it is enough
end)

test "who wins is what sources says, not who came last" (function(t)
  t:identify { email = "ana@acme.example", company = { employees = 10 } }
  t:enrich("company", { ["company.employees"] = 300 })
  t:expect { traits = { ["company.employees"] = 300 }, holds = { "big" } }
  t:identify { company = { employees = 20, name = "Acme" } }
  t:expect { traits = { ["company.employees"] = 300, ["company.name"] = "Acme" } }
  t:advance "90d"
  t:expect { traits = { ["company.employees"] = 20 }, holds = { "not_big" } }
end)

test "what is learned later counts for what happened before, where the rule says so" (function(t)
  t:identify { email = "ana@acme.example" }
  t:track "Demo"
  t:expect { scores = { intent = 0 } }
  t:enrich("company", { ["company.industry"] = "metal" })
  t:expect { scores = { intent = 10 } }
end)

test "an answer about another address does not count for this one" (function(t)
  t:identify { email = "ana@acme.example" }
  t:enrich("company", { ["company.employees"] = 300 })
  t:identify { email = "ana@small.example" }
  t:expect { holds = { "big" } } -- nobody knows better yet
  t:enrich("company", "asked")
  t:expect { not_holds = { "big", "not_big" } }
  t:enrich("company", "nothing")
  t:expect { holds = { "not_big" } }
end)

test "from the moment it could be asked it is pending, whoever asks; functions and completeness wait too" (function(t)
  t:identify { email = "ana@acme.example" }
  t:expect { scores = { fit = 7 }, holds = { "not_big" }, not_holds = { "many", "sums" } }
  t:page "/" -- now somebody would ask
  t:expect { scores = { fit = 0, intent = 5 }, not_holds = { "not_big", "many", "sums" } }
  t:identify { title = "Director" }
  t:expect { stage = "lead", scores = { fit = 20 } }
  t:advance "9s999ms"
  t:expect { stage = "lead" }
  t:advance "1ms"
  t:expect { stage = "warm", holds = { "not_big" }, not_holds = { "many", "sums" } }
end)

test "an answer ends what it was waited for" (function(t)
  t:identify { email = "ana@acme.example", title = "Director" }
  t:expect { stage = "warm" }
  t:page "/"
  t:enrich("company", { ["company.employees"] = 300, ["company.industry"] = "metal" })
  t:expect { holds = { "big", "many", "sums" }, stage = "mql" }
end)

test "a score that would be enough is told as not certain while somebody is being asked" (function(t)
  t:identify { email = "ana@acme.example" }
  t:enrich("company", "asked")
  t:identify { title = "Director" }
  t:expect { stage = "lead", scores = { fit = 20 }, why_not = { "fit is 20, and not certain yet" } }
end)
