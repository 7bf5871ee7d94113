-- From a name in the database to a customer. Rules move a lead to `mql` and back; from there on people decide.
lifecycle "main" {
  start = "lead",
  final = { "customer", "disqualified" },

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

  -- Sales accepts, or calls somebody who is not qualified yet: their right, and counted apart.
  move { "mql", "sal", doc = "Accepted by sales", by = "sales" },
  move { "lead", "sal", doc = "Claimed by sales without marketing's word", by = "sales" },
  move { "sal", "sql", doc = "A talk has confirmed the need", by = "sales" },
  move { "sql", "opportunity", doc = "Need put in numbers, next step agreed", by = "sales" },
  move { "opportunity", "customer", doc = "Won", by = "sales" },
  move { "opportunity", "customer", doc = "Won, says the CRM", when = seen(track "Deal Won", { since = "cycle" }) },

  -- Not yet: back to marketing, as often as it takes.
  move {
    { "mql", "sal", "sql", "opportunity" }, "recycled",
    doc = "Not now: back to marketing",
    by = "sales",
    reasons = { no_budget = "90d", no_time = "60d", no_answer = "30d", lost = "180d" },
  },
  move { "recycled", "lead", doc = "Begins again", by = { "marketing", "sales" } },
  move {
    "recycled", "lead",
    doc = "Came back by themselves",
    when = in_stage_for "30d" & score { intent = at_least(30) },
  },

  -- Never: out of the funnel. The reason says for how long that stands.
  move {
    { "lead", "mql", "sal", "sql", "opportunity", "recycled" }, "disqualified",
    doc = "Will not buy",
    by = { "sales", "marketing" },
    reasons = { competitor = "never", out_of_profile = "365d", no_need = "180d", wrong_person = "never" },
  },
}
