-- From a name in the database to a customer. Rules move a lead to `mql` and back; from there on people decide, by acts.
-- Sales sees who is `mql`, and who is claimed. Coming there is the hand-off: what is known then is kept as the lead's brief.
local conversation = act "log_call" { outcome = one_of { "connect", "interested" } } | act "log_meeting"
local attempt = track "Call Attempted" | track "Call Completed" | act(one_of { "log_call", "log_meeting" })

-- What sales accepts (SAL): after three checks. In short cycles with small tickets time and authority belong to it as well: write
-- asks = sal.with_time_and_authority at the move `accept` below.
local sal = {
  three_checks = { meets_mql = true, can_talk = true, plausible = true },
  with_time_and_authority = {
    meets_mql = true, can_talk = true, plausible = true,
    authority = one_of { "decides", "influences" }, timeline = ahead "180d",
  },
}

-- What is qualified (SQL): somebody has talked with them and there is a need. Where a strong intent says as much, nobody has to
-- talk first: write need = sql.by_intent at the move `qualify` below. Either way they have agreed to go on.
local sql = {
  after_a_talk = seen(conversation, { since = "cycle" }) & seen(act "consent", { since = "cycle" }),
  by_intent = score { intent = at_least(80) } & seen(act "consent", { since = "cycle" }),
}

lifecycle "main" {
  start = "lead",
  final = { "customer", "disqualified", "assistance" },
  endorsed = { "mql" },
  sales = { "sal", "sql", "opportunity", "customer" },
  outside = { "assistance" },

  -- Gates close the way into a stage whatever the score is.
  gate "name_and_title" {
    doc = "Without a name and a title nobody can call: not negotiable",
    into = { "mql" },
    need = known { "first_name", "title" },
  },
  gate "in_profile" {
    doc = "Outside our profile no amount of activity helps",
    into = { "mql" },
    need = score { fit = at_least(20) },
  },
  gate "more_than_reading" {
    doc = "Reading the newsletter or the blog is not enough",
    into = { "mql" },
    need = seen(
      page { path = glob "/pricing*" | glob "/precios*" | contains "/vs-" | starts "/compare" | starts "/comparativa" }
        | track(one_of {
          "Content Downloaded", "Webinar Attended", "Demo Requested", "Quote Requested", "Form Submitted", "Trial Started",
          "Live Chat Conversation Started", "Call Completed", "Call Received", "Event Booth Visited", "Email Replied",
        })
    ),
  },

  gate "new_business" {
    doc = "Customers, partners and open deals are for who has their account: see accounts.lua",
    into = { "mql" },
    need = ~in_segment "existing",
  },

  gate "enough_attempts" {
    doc = "Nobody goes back to marketing before six attempts, unless somebody has talked with them",
    into = { "recycled" },
    need = seen(attempt, { times = 6, since = "cycle" }) | seen(conversation, { since = "cycle" }),
  },

  gate "not_rejected" {
    doc = "Sales has rejected the lead: not before the time for which that stands is over",
    into = { "mql" },
    need = ~verdict {} | verdict { lapsed = true },
  },

  -- Two ways to become an MQL, and one back. The way back asks for less than the ways in, so nobody flutters on a bar,
  -- and `again` keeps the same move from firing twice within 30 days.
  move {
    "lead", "mql",
    doc = "Right profile, and busy with us or about to buy",
    when = score { fit = at_least(30) } & (score { engagement = at_least(50) } | score { intent = at_least(40) }),
    again = "30d",
  },
  move {
    "lead", "mql",
    doc = "Asked to talk: the fast lane",
    when = seen(track "Demo Requested" | track "Quote Requested", { within = "14d", since = "cycle" })
      & score { fit = at_least(20), intent = at_least(20) },
    again = "30d",
  },
  move {
    "mql", "lead",
    doc = "Cooled down",
    when = score { engagement = below(30), intent = below(20) } & in_stage_for "30d",
  },

  -- Sales accepts after three checks: the lead is what marketing says and sales sees it, one can talk to it, company and
  -- job are plausible. And whoever accepts has learned something that was not known. Or sales calls somebody who is not
  -- qualified yet: their right, and counted apart.
  move {
    "mql", "sal", act = "accept",
    doc = "Accepted by sales",
    by = "sales",
    asks = sal.three_checks,
    learns = { "note", "phone", "budget", "authority", "need", "timeline" },
  },
  move { "lead", "sal", act = "claim", doc = "Claimed by sales without marketing's word", by = "sales", claim = true },
  move {
    "mql", "lead", act = "reject",
    doc = "Not accepted by sales",
    by = "sales",
    reasons = { not_mql = "30d", no_contact = "30d", implausible = "90d", duplicate = "365d" },
  },

  move {
    "sal", "sql", act = "qualify",
    doc = "The need is confirmed, and they agree to go on",
    by = "sales",
    need = sql.after_a_talk,
    asks = { "need" },
  },
  move {
    "sql", "opportunity", act = "open",
    doc = "They admit the problem, its cost is known, a solution is in sight",
    by = "sales",
    asks = { "solution", "next_step", ["amount|metric"] = present, close_date = ahead "730d" },
  },
  move { "opportunity", "customer", act = "win", doc = "Won", by = "sales", asks = { amount = at_least(0) } },
  move { "opportunity", "customer", doc = "Won, says the CRM", when = seen(track "Deal Won", { since = "cycle" }) },
  move {
    { "sql", "opportunity" }, "lost", act = "lose",
    doc = "Lost",
    by = "sales",
    reasons = { price = "180d", competitor = "365d", no_decision = "90d", timing = "90d" },
  },
  move { "lost", "lead", act = "reopen", doc = "Begins again", by = { "marketing", "sales" } },
  move { "lost", "lead", doc = "Time enough has gone by", when = verdict { lapsed = true } },

  -- Not yet: back to marketing, three times at most. The gate `enough_attempts` is on the way.
  move {
    { "mql", "sal", "sql", "opportunity" }, "recycled", act = "recycle",
    doc = "Not now: back to marketing",
    by = "sales",
    need = cycle(at_most(3)),
    reasons = { no_budget = "90d", no_time = "60d" },
    resets = { "engagement", "intent" },
  },
  move {
    { "mql", "sal" }, "recycled", act = "give_up",
    doc = "Nobody answers: back to marketing",
    by = "sales",
    need = cycle(at_most(3)),
    reasons = { no_answer = "30d" },
    resets = { "engagement", "intent" },
  },
  move { "recycled", "lead", act = "reopen", doc = "Begins again", by = { "marketing", "sales" } },
  move {
    "recycled", "lead",
    doc = "Came back by themselves",
    when = in_stage_for "30d" & score { intent = at_least(30) },
  },
  move { "recycled", "lead", doc = "The time is over", when = verdict { lapsed = true } },

  -- Never: out of the funnel. The reason says for how long that stands; then, or when what spoke against them has changed,
  -- they begin again.
  move {
    { "lead", "mql", "sal", "sql", "opportunity", "recycled", "lost" }, "disqualified", act = "disqualify",
    doc = "Will not buy",
    by = { "sales", "marketing" },
    reasons = {
      competitor = "never",
      wrong_person = "never",
      out_of_profile = "365d",
      too_small = { stands = "365d", alternative = "the self-service plan" },
      no_need = { stands = "180d", alternative = "the newsletter" },
    },
  },
  move { "disqualified", "lead", act = "reopen", doc = "Begins again", by = { "sales", "marketing" } },
  move { "disqualified", "lead", doc = "The verdict has lapsed", when = verdict { lapsed = true } },
  move {
    "disqualified", "lead",
    doc = "Has grown",
    when = verdict "too_small" & trait { ["company.employees"] = at_least(50) },
  },

  -- Somebody with a technical question is helped. That is no sale, and in no figure of the funnel, unless it becomes one.
  move {
    { "lead", "mql" }, "assistance",
    doc = "Asks for help, not for an offer",
    when = seen(track "Support Requested" | track "Form Submitted" { form = "support" }, { since = "cycle" })
      & ~seen(track "Demo Requested" | track "Quote Requested", { since = "cycle" }),
    again = "30d",
  },
  move {
    { "lead", "mql" }, "assistance", act = "assist",
    doc = "Needs help, not an offer",
    by = { "sales", "marketing" },
  },
  move { "assistance", "lead", act = "promote", doc = "The question became an interest", by = { "sales", "marketing" } },
}
