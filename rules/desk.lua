-- What sales and marketing owe each other, in working hours, and what is to be done first. The numbers are examples: agree
-- on your own, and put your own hours, zone and holidays.
calendar "office" {
  doc = "When somebody is there to call",
  zone = "Europe/Madrid",
  days = { "mon-thu 09:00-18:00", "fri 09:00-15:00" },
  holidays = { "01-01", "01-06", "05-01", "08-15", "10-12", "11-01", "12-06", "12-08", "12-25" },
}

-- Sales' side.
sla "first_touch" {
  doc = "Who asked to talk is called within the hour",
  stage = "mql",
  tier = seen(track "Demo Requested" | track "Quote Requested", { within = "14d" }),
  stops_at = track "Call Attempted" | track "Call Completed" | act(one_of { "log_call", "log_meeting" }) | entered { "sal", "recycled", "disqualified" },
  warn = "30m",
  due = "1h",
  hours = "office",
  breach = { escalate = "sales_manager", reassign = true },
}
sla "accept_or_reject" {
  doc = "Every MQL is accepted, or sent back with a reason, within two working days",
  stage = "mql",
  warn = "9h",
  due = "18h",
  hours = "office",
  breach = { escalate = "sales_manager" },
}
sla "attempts" {
  doc = "Six attempts in three weeks: before that nobody is given up (the gate enough_attempts)",
  stage = "sal",
  stops_at = track "Call Attempted" | track "Call Completed" | act(one_of { "log_call", "log_meeting" }),
  attempts = 6,
  due = "126h",
  hours = "office",
}

-- Marketing's side.
sla "mql_volume" {
  doc = "Enough leads, and good ones",
  of = "marketing",
  stage = "mql",
  per = "month",
  hours = "office",
  volume = 50,
  quality = { stage = { "sal", "sql", "opportunity", "customer" }, percent = 60 },
}

worklist "hot" {
  doc = "To be called now: what is due first, then who wants it most",
  stage = "mql",
  order = { "clock", "intent", "waiting" },
}
worklist "working" {
  doc = "Accepted by sales, and not qualified yet",
  stage = "sal",
  order = { "clock", "intent", "waiting" },
}
worklist "recycle" {
  doc = "Sent back: who shows interest again comes first",
  stage = "recycled",
  order = { "intent", "recent" },
}

-- Somebody who asked to talk and whom nobody can call yet: the gate of `mql` refuses them, and they must not get lost.
lifecycle "intake" {
  start = "nothing_owed",
  move {
    "nothing_owed", "incomplete",
    doc = "Asked to talk, and name or title are missing",
    when = seen(track "Demo Requested" | track "Quote Requested", { within = "14d" })
      & ~known { "first_name", "title" } & stage { "lead", "recycled", lifecycle = "main" }
      & ~in_segment "existing",
    again = "1d",
  },
  move {
    "incomplete", "nothing_owed",
    doc = "Complete, or taken care of",
    when = known { "first_name", "title" } | ~stage { "lead", "recycled", lifecycle = "main" } | in_segment "existing",
  },
}
sla "complete" {
  doc = "Who asked to talk and cannot be called is looked up within half a day",
  stage = { "incomplete", lifecycle = "intake" },
  due = "4h",
  hours = "office",
  breach = { escalate = "marketing_manager" },
}
worklist "incomplete" {
  doc = "Asked to talk, and we do not know whom to call",
  stage = { "incomplete", lifecycle = "intake" },
  order = { "clock", "waiting" },
}
