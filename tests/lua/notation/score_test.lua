-- What scores do: groups, decays, limits, sequences, windows.
local ANA = {
  first_name = "Ana", last_name = "Ruiz", title = "CTO", email = "ana@mills.example",
  company = { name = "Mills", employees = 300 },
}

test "pricing twice, then a demo: hot and qualified" (function(t)
  t:identify(ANA)
  t:page "/pricing"
  t:advance "1d"
  t:page "/pricing"
  t:track("Demo Requested", { seats = 20 })
  t:expect { stage = "mql", scores = { fit = 44, intent = 100 }, holds = { "hot_sequence", "asked_demo" } }
  t:expect { points = { hot_sequence = 40, asked_demo = 40, cto_pricing = 20 } }
  t:advance "30d"
  t:expect { not_holds = { "hot_sequence" }, points = { asked_demo = 20 } }
end)

test "a step decay counts from exactly its age on" (function(t)
  t:page "/pricing/a"
  t:page "/pricing/b"
  t:track "Demo Requested"
  t:advance "13d23h59m59s"
  t:expect { points = { hot_sequence = 40 } }
  t:advance "1s"
  t:expect { points = { hot_sequence = 20 } }
  t:advance "15d23h59m59s"
  t:expect { points = { hot_sequence = 20 } }
  t:advance "1s"
  t:expect { points = { hot_sequence = 0 } }
end)

test "a sequence takes its steps in order, within its time, and starts anew" (function(t)
  t:track "Demo Requested"
  t:page "/pricing"
  t:page "/pricing"
  t:expect { not_holds = { "hot_sequence" } }
  t:advance "15d"
  t:track "Demo Requested" -- too late
  t:expect { not_holds = { "hot_sequence" } }
  t:page "/pricing"
  t:page "/pricing"
  t:track "Demo Requested"
  t:track "Demo Requested" -- no page before this one: matches do not overlap
  t:expect { points = { hot_sequence = 40 } }
  t:page "/pricing"
  t:page "/pricing"
  t:track "Demo Requested"
  t:expect { points = { hot_sequence = 80 } }
end)

test "a no-show fires at its deadline, for its own webinar" (function(t)
  t:track("Webinar Registered", { webinar_id = "w1" })
  t:track("Webinar Registered", { webinar_id = "w2" })
  t:advance "1d"
  t:track("Webinar Attended", { webinar_id = "w2", minutes = 45 })
  t:advance "23h59m59s"
  t:expect { not_holds = { "no_show" }, points = { long_webinar = 12 } }
  t:advance "1s"
  t:expect { points = { no_show = -5 } }
  t:advance "10d"
  t:expect { points = { no_show = -5 } }
end)

test "three prices a week count, half a month's worth fades" (function(t)
  for _ = 1, 5 do t:page "/pricing" end
  t:expect { points = { pricing_page = 45 } }
  t:advance "7d"
  t:page "/pricing"
  t:expect { points = { pricing_page = between(53, 54) } } -- 15 + 45 * 2^(-7/30)
end)

test "half-life halves" (function(t)
  t:page "/pricing"
  t:advance "29d"
  t:page "/elsewhere"
  t:advance "1d"
  t:expect { points = { pricing_page = 7.5, yaml_pricing_page = 2 } }
  t:advance "30d" -- silent for 31 days: what is left is halved once more
  t:expect { points = { pricing_page = 1.875, yaml_pricing_page = 0.5 } }
end)

test "limits pick the earliest events, whatever the order of arrival" (function(t)
  t:at "2024-01-10T09:00:00Z"
  for day = 9, 4, -1 do
    t:event { type = "page", properties = { path = "/p" }, context = { campaign = { medium = "cpc" } },
      timestamp = "2024-01-0" .. day .. "T09:00:00Z" }
  end
  t:expect { points = { paid_click = 10 } }
end)

test "linear decay reaches nothing, topics follow" (function(t)
  for _ = 1, 6 do t:track "Video Played" end
  t:expect { points = { videos = 6 }, interest = { product = 6 } }
  t:advance "20d"
  t:expect { points = { videos = 4 }, interest = { product = 4 } }
  t:advance "40d"
  t:expect { points = { videos = 0 }, interest = { product = 0 } }
end)

test "five different pages within a week hold until the week has passed" (function(t)
  for number = 1, 4 do t:page("/" .. number) end
  t:page "/4"
  t:expect { not_holds = { "five_pages" } }
  t:advance "6d"
  t:page "/5"
  t:expect { points = { five_pages = 10 } }
  t:advance "23h59m59s"
  t:expect { points = { five_pages = 10 } }
  t:advance "1s"
  t:expect { points = { five_pages = 0 } }
end)

test "a cooldown is a limit of one" (function(t)
  t:identify(ANA)
  t:page "/pricing"
  t:page "/pricing"
  t:track "Demo Requested"
  t:expect { stage = "mql" }
  t:track("Call Completed", { outcome = "interested" })
  t:advance "12h"
  t:track("Call Completed", { outcome = "interested" })
  t:expect { points = { call_answer = 25 } }
  t:advance "12h"
  t:track("Call Completed", { outcome = "interested" })
  t:track("Call Completed", { outcome = "no answer" })
  t:expect { points = { call_answer = 50 } }
end)

test "when is judged at the event's instant" (function(t)
  t:track("Call Completed", { outcome = "interested" })
  t:identify(ANA)
  t:page "/pricing"
  t:page "/pricing"
  t:track "Demo Requested"
  t:expect { stage = "mql", not_holds = { "call_answer" } }
end)

test "counts_while works backwards and forwards" (function(t)
  t:page "/pricing"
  t:expect { points = { cto_pricing = 0 } }
  t:identify { title = "CTO" }
  t:expect { points = { cto_pricing = 10 } }
  t:identify { title = "Intern" }
  t:expect { points = { cto_pricing = 0 } }
end)

test "the first row that matches counts" (function(t)
  t:expect { points = { employees = 0 } }
  for _, row in ipairs { { 1000, 15 }, { 999, 20 }, { 50, 20 }, { 49, -10 }, { "300", 20 }, { "many", -10 } } do
    t:identify { company = { employees = row[1] } }
    t:expect { points = { employees = row[2] } }
  end
  t:identify { company = { employees = missing } }
  t:expect { points = { employees = 0 } }
end)

test "a group's cap bounds its rules together" (function(t)
  t:identify { title = "Directora general", email = "x@gmail.com" }
  t:expect { points = { senior_title = 20, free_mail = -20 }, scores = { fit = 0 } }
end)

test "functions give points too" (function(t)
  t:track("Trial Started", { seats = 20 })
  t:track "Trial Started"
  t:track("Trial Started", { seats = 400 })
  t:expect { points = { trial_seats = 70 } }
end)

test "a function of velocity" (function(t)
  t:identify { country = "ES" }
  t:page "/pricing"
  t:expect { not_holds = { "spike" } }
  t:page "/pricing"
  t:expect { holds = { "spike" } }
  t:identify { country = "XX" }
  t:expect { not_holds = { "spike" } }
end)

test "unsubscribing cuts what was, not what comes" (function(t)
  t:page "/pricing"
  t:track "Unsubscribed"
  t:expect { scores = { engagement = 0 } }
  t:page "/pricing"
  t:expect { points = { pricing_page = 15 } }
end)

test "silence halves once" (function(t)
  t:track("Webinar Attended", { minutes = 30 })
  t:track "Email Opened" -- no activity
  t:advance "29d23h59m59s"
  t:expect { points = { long_webinar = 12 } }
  t:advance "1s"
  t:expect { points = { long_webinar = 6 } }
  t:advance "60d"
  t:expect { points = { long_webinar = 6 } }
end)

test "clamps hide points, they do not lose them" (function(t)
  t:identify { email = "x@gmail.com" }
  t:expect { scores = { fit = 0 } }
  t:identify { title = "CEO" }
  t:expect { scores = { fit = 1 } } -- 20 - 20 + 2 - 1
  for _ = 1, 4 do t:track "Demo Requested" end
  t:expect { scores = { intent = 100 }, points = { asked_demo = 160 } }
end)

test "grades come from bands, inclusively" (function(t)
  t:expect { grade = "D4" }
  t:identify(ANA)
  t:expect { grade = "C4", scores = { fit = 44 } }
  t:page "/pricing"
  t:expect { grade = "C3", scores = { engagement = 19 } }
end)
