-- What a sales desk declares: working hours, clocks, who gets a lead, lists.
return {
  {
    name = "calendar", kind = "noun", form = 'calendar "NAME" { .. }',
    doc = "Working hours, in which clocks run. Changes of clocks, nights and holidays count as they are: a night shift "
      .. "is an hour longer when summer time ends. At most 64 calendars.",
    fields = {
      { name = "doc", form = '"text"', doc = "Whose hours they are." },
      { name = "zone", form = '"Europe/Madrid"',
        doc = "A zone of the IANA data base (the system's tzdata). Required." },
      { name = "days", form = '{ "mon-thu 09:00-18:00", .. }',
        doc = "Weekdays (mon, tue .. sun; mon-thu; mon,wed) and one or more spans, 24 hours. 22:00-06:00 ends on the "
          .. "next day and belongs to the day it starts on; 24:00 is midnight. Required." },
      { name = "holidays", form = '{ "2026-12-25", .. } | listed "NAME"',
        doc = "Days that open nothing: dates, or 12-25 for every year; also a list of both. What was opened the "
          .. "evening before goes on." },
    },
    example = [[
calendar "madrid" {
  zone = "Europe/Madrid", days = { "mon-thu 09:00-18:00", "fri 09:00-15:00" }, holidays = { "01-01", "2026-10-12" },
}]],
  },
  {
    name = "sla", kind = "noun", form = 'sla "ID" { .. }',
    doc = "A clock that sales works against: it starts when a lead enters a stage, and runs in working hours until it "
      .. "is stopped or the lead leaves the stage. Only what is decided live starts one: no import, no change of "
      .. "rules. "
      .. "What it was started with stays, whatever the rules say later. With of = \"marketing\" it is the other side's "
      .. "promise: how many leads enter a stage in a period, and what share of them turns out to be good. At most 64.",
    fields = {
      { name = "doc", form = '"text"', doc = "What is promised; shown wherever the clock is." },
      { name = "of", form = '"sales" | "marketing"', doc = "Whose promise it is; without it, sales'." },
      { name = "stage", form = '"stage" | { "stage", .. }',
        doc = "Entering one of them starts it, or counts. Required." },
      { name = "tier", form = "condition", doc = "Which leads it is for, judged when the stage is entered." },
      { name = "stops_at", form = "selector",
        doc = "What stops it in time: an event after the stage was entered. Without it only leaving the stage does." },
      { name = "attempts", form = "n", doc = "How many such events it takes: 1 to 256; without it, one." },
      { name = "warn", form = '"30m"', doc = "Working time after which it warns; less than due." },
      { name = "due", form = '"1h"', doc = "Working time after which it is breached. Required of sales." },
      { name = "hours", form = '"CALENDAR"',
        doc = "In which hours it runs; without it all count. For a promise: whose days it goes by, else UTC's." },
      { name = "breach", form = '{ escalate = "NAME", reassign = true }',
        doc = "What a breach does: it is addressed to somebody, and the lead goes to the next in turn." },
      { name = "per", form = '"day" | "week" | "month" | "quarter"', doc = "The period of a promise. Required of it." },
      { name = "volume", form = "n", doc = "At least so many leads enter the stage in a period." },
      { name = "quality", form = '{ stage = "sal", percent = 60 }',
        doc = "Of them at least that share then enters one of these stages." },
    },
    example = [[
sla "first_touch" {
  doc = "Good leads are called within the hour", stage = "mql", tier = grade_is { "A1", "A2" },
  stops_at = track "Call Attempted" | entered "sal", warn = "30m", due = "1h",
  breach = { escalate = "sales_manager", reassign = true },
}]],
  },
  {
    name = "assign", kind = "noun", form = 'assign "ID" { .. }',
    doc = "Who gets a lead that enters a stage and has no owner: whoever has its account already, else the next of the "
      .. "pool in turn. The first declaration that applies decides, in the order of files and lines. Only what is "
      .. "decided "
      .. "live is assigned. At most 64.",
    fields = {
      { name = "doc", form = '"text"', doc = "What it means." },
      { name = "stage", form = '"stage" | { "stage", .. }', doc = "Entering one of them assigns. Required." },
      { name = "when", form = "condition", doc = "Which leads it is for." },
      { name = "account_owner", form = "true | false",
        doc = "Whether the account's owner gets it, in the pool or not: whom accounts says, else the owner of "
          .. "another lead of the account." },
      { name = "pool", form = '{ "maria", "jon", .. }',
        doc = "Who takes turns, by id. Required without account_owner; left out, leads of nobody's account stay "
          .. "without owner." },
      { name = "absent", form = 'listed "NAME"', doc = "Who is skipped." },
      { name = "hours", form = '"CALENDAR" | { maria = "CALENDAR", .. }',
        doc = "Outside of these hours others come first; when nobody is there the turn decides alone." },
    },
    example = [[
assign "enterprise" {
  stage = "mql", when = trait { ["company.employees"] = at_least(1000) }, account_owner = true,
  pool = { "maria", "jon" },
}]],
  },
  {
    name = "worklist", kind = "noun", form = 'worklist "NAME" { .. }',
    doc = "Leads that somebody has to deal with, in the order in which they should. A lead is in it exactly while it "
      .. "is in "
      .. "the stage and the condition holds. At most 64.",
    fields = {
      { name = "doc", form = '"text"', doc = "What it is for." },
      { name = "stage", form = '"stage" | { "stage", .. }', doc = "Leads in one of these stages." },
      { name = "who", form = "condition", doc = "Of them, or of all leads, those for which it holds." },
      { name = "order", form = '{ "clock", "intent", "waiting", .. }',
        doc = "What comes first: clock (whose clock is due soonest), a dimension (its highest score), waiting (longest "
          .. "in the stage), recent (heard of last). The next key decides between equals, and in the end the lead's "
          .. "id. At most 8." },
    },
    example = [[
worklist "hot" {
  doc = "To be called now", stage = "mql", who = score { intent = at_least(40) },
  order = { "clock", "intent", "waiting" },
}]],
  },
}
