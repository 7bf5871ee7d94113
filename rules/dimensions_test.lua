-- The bounds of groups and dimensions, and the bars of the bands: at exactly the number, and just below.

-- So many points of what `on` gives, with a document beside it.
local function times(t, n, name, properties)
  for _ = 1, n do t:track(name, properties) end
end

test "how they came is worth 15 at most" (function(t)
  t:event {
    type = "page", properties = { path = "/" }, context = { campaign = { source = "referral", medium = "cpc" } },
  }
  t:track "Event Booth Visited"
  t:expect { points = { recommended = 10, met_at_event = 8, paid_click = 2 }, scores = { engagement = 18 } } -- 3 of the web
end)

test "the web is worth 50 at most" (function(t)
  for _ = 1, 3 do t:page "/pricing" end
  times(t, 3, "Video Completed")
  t:expect { points = { pricing_page = 45, video = 12 }, scores = { engagement = 50 } }
end)

test "what they read is worth 30 at most" (function(t)
  times(t, 3, "Content Downloaded", { gated = true })
  t:track "Newsletter Subscribed"
  for _ = 1, 3 do t:page "/customers/mills" end
  t:expect { points = { gated_download = 24, case_study = 15, newsletter = 2 }, scores = { engagement = 35 } } -- 5 of the web
end)

test "webinars are worth 36 at most" (function(t)
  times(t, 3, "Webinar Attended", { webinar_id = "w", minutes = 60 })
  t:track "Webinar Question Asked"
  t:expect { points = { webinar_attended = 36, webinar_question = 5 }, scores = { engagement = 36 } }
end)

test "calls are worth 30 at most" (function(t)
  times(t, 2, "Call Received")
  t:track("Call Completed", { outcome = "connected" })
  t:expect { points = { called_us = 30, call_talked = 12 }, scores = { engagement = 30 } }
end)

test "a trial is worth 45 at most" (function(t)
  t:track "Trial Started"
  times(t, 5, "Feature Used")
  times(t, 3, "Invite Sent")
  t:expect { points = { trial_started = 20, trial_used = 15, trial_team = 18 }, scores = { engagement = 45 } }
end)

test "engagement ends at 100" (function(t)
  for _ = 1, 3 do t:page "/pricing" end
  t:track "Trial Started"
  times(t, 5, "Feature Used")
  times(t, 3, "Invite Sent")
  times(t, 2, "Call Received")
  t:expect { scores = { engagement = 100 } }
end)

test "intent ends at 100" (function(t)
  t:track "Demo Requested"
  t:track "Quote Requested"
  t:track("Call Completed", { outcome = "interested" })
  t:expect { scores = { intent = 100 } }
end)

test "the letter's bars belong to the better letter" (function(t)
  t:identify { first_name = "Ana", title = "CEO" }
  t:expect { scores = { fit = 20 }, grade = "C4" }
  t:identify { title = "Sales Director", email = "ana@mills.example", company = { industry = "Software" } }
  t:expect { scores = { fit = 45 }, grade = "B4" }
  t:identify { country = "ES", company = { employees = 300, industry = "Software" } }
  t:expect { scores = { fit = 70 }, grade = "A4" }
end)

test "the digit's bars belong to the better digit" (function(t)
  t:track "Email Replied"
  t:expect { scores = { engagement = 10 }, grade = "D3" }
  t:track "Trial Started"
  t:expect { scores = { engagement = 30 }, grade = "D2" }
  times(t, 2, "Call Received")
  t:expect { scores = { engagement = 60 }, grade = "D1" }
end)

test "the bars of intent" (function(t)
  t:track("Form Submitted", { form = "contact_sales" })
  t:expect { scores = { intent = 30 }, bands = { intent = "warm" } }
end)

test "hot from 60 on" (function(t)
  t:page "/compare/a"
  t:page "/compare/b"
  t:expect { bands = { intent = "cold" } }
  t:track "Demo Requested"
  t:expect { scores = { intent = 60 }, bands = { intent = "hot" } }
end)
