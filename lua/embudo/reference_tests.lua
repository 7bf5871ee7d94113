-- Words of *_test.lua files. A test's clock starts at 2024-01-01T09:00:00Z and moves only as the test says.
return {
  {
    name = "test", kind = "noun", form = 'test "what it shows" (function(t) .. end)',
    doc = "Only in files named *_test.lua, which are loaded by `embudo test` and before a reload, never for scoring. "
      .. "Each test starts with a lead nobody has seen; its events take the same way as live ones.",
    example = [[
test "a demo request makes a fitting lead hot" (function(t)
  t:identify { first_name = "Ana", title = "CTO", email = "ana@acme.example" }
  t:track("Demo Requested", { seats = 20 })
  t:expect { scores = { intent = at_least(40) }, holds = { "asked_demo" } }
  t:advance "61d"
  t:expect { not_holds = { "asked_demo" } }
end)]],
  },
  {
    name = "property", kind = "noun", form = 'property "what always holds" { .. }',
    doc = "Only in files named *_test.lua. Holds for every history: a few hundred are made by chance, from events that "
      .. "the rules have words for, the same every time. One for which it does not hold is made as short as possible "
      .. "and shown as the events of a test.",
    fields = {
      { name = "more", form = "selector",
        doc = "One event more, at some instant of the history; with never_lowers or never_raises." },
      { name = "never_lowers", form = '"dimension" | { "dimension", .. }',
        doc = "Scores that it must not lower." },
      { name = "never_raises", form = '"dimension" | { "dimension", .. }',
        doc = "Scores that it must not raise." },
      { name = "order_free", form = 'true | "dimension" | { "dimension", .. }',
        doc = "All events happen at one instant, and in whatever order they do, these scores (true: all) are the "
          .. "same." },
      { name = "expect", form = "{ .. }", doc = "What t:expect takes: true at the end of every history." },
      { name = "with", form = "{ selector, .. }",
        doc = "The events to make histories of; without it all that the rules have words for." },
      { name = "given", form = "{ trait = value, .. }", doc = "Traits that the lead has from the beginning." },
      { name = "runs", form = "number", doc = "Histories to try: 200 without it, 10000 at most." },
      { name = "events", form = "number", doc = "Events of a history at most: 12 without it, 200 at most." },
      { name = "seed", form = "number", doc = "Another draw of histories." },
    },
    example = [[
property "more pages never hurt" {
  more = page { path = glob "/product/*" },
  never_lowers = "engagement",
}]],
  },
  { name = "t:identify", kind = "command", form = "t:identify { trait = value, .. }",
    doc = "The lead tells who it is.",
    example = 't:identify { email = "ana@acme.example" }' },
  { name = "t:page", kind = "command", form = 't:page("/path", { property = value })',
    doc = "A page view; the path or the properties may be left out.",
    example = 't:page "/pricing"' },
  {
    name = "t:screen", kind = "command", form = 't:screen("Name", { property = value })',
    doc = "A screen of an app.",
    example = 't:screen "Plans"',
  },
  { name = "t:track", kind = "command", form = 't:track("Name", { property = value })', doc = "An event of that name.",
    example = 't:track("Demo Requested", { seats = 20 })' },
  { name = "t:group", kind = "command", form = 't:group("account", { trait = value })',
    doc = "Puts the lead in a company.",
    example = 't:group("acme", { employees = 300 })' },
  { name = "t:alias", kind = "command", form = 't:alias("previous id")',
    doc = "Says that an earlier identifier is this lead.",
    example = 't:alias "anonymous-7"' },
  {
    name = "t:act", kind = "command", form = 't:act("accept", { by = "sales", field = value, .. })',
    doc = "Somebody in that role does something about the lead: it is judged as for anybody, and a refusal fails the "
      .. "test. The fields actor, lifecycle, to, reason, override, traits and timestamp are the request's own; the "
      .. "others are what the act brings along.",
    example = 't:act("log_call", { by = "sales", outcome = "interested" })',
  },
  {
    name = "t:refused", kind = "command", form = 't:refused("accept", { by = "sales", .. }, "gate_closed")',
    doc = "The same, and it must be refused with this code.",
    example = 't:refused("accept", { by = "marketing" }, "role_not_allowed")',
  },
  {
    name = "t:answer", kind = "command", form = 't:answer("GET url", { status, json, body, headers, error })',
    doc = "What the world answers in this test when an enricher's function asks so; a * at the end stands for "
      .. "anything. "
      .. "status is 200 when it is not said; error = \"timeout\" is a call that fails with that code.",
    example = 't:answer("GET https://api.example/companies/*", { json = { employees = 300 } })',
  },
  {
    name = "t:enrich", kind = "command",
    form = 't:enrich("NAME", { trait = value, .. } | "asked" | "nothing" | "failed")',
    doc = "With the name alone: runs the enricher's function for the lead, against the answers given by "
      .. "t:answer. Else: that enricher told these traits, which count as long as its `ttl` says; or is being "
      .. "asked now, and what it "
      .. "gives is unknown meanwhile; or had nothing to tell; or could not be asked.",
    example = 't:enrich("company", { ["company.employees"] = 300 })',
  },
  {
    name = "t:event", kind = "command", form = "t:event { .. }",
    doc = "A whole event as a client would send it (type, event, userId, anonymousId, properties, context, timestamp "
      .. "...); what is left out is filled in with the test's lead and clock.",
    example = 't:event { type = "page", anonymousId = "anonymous-7", properties = { path = "/pricing" } }',
  },
  {
    name = "t:advance", kind = "command", form = 't:advance "1d"',
    doc = "Lets that much time pass.",
    example = 't:advance "1d"',
  },
  { name = "t:at", kind = "command", form = 't:at "2024-01-01T00:00:00Z"',
    doc = "Sets the clock to an instant (RFC 3339), not before the present one.",
    example = 't:at "2024-02-01T00:00:00Z"' },
  {
    name = "t:expect", kind = "command", form = "t:expect { .. }",
    doc = "What must be true now. A failure names the test and the line, says what was expected and what is, and "
      .. "explains the score.",
    fields = {
      { name = "stage", form = '"mql"', doc = "The stage in the first lifecycle." },
      { name = "stages", form = '{ lifecycle = "stage", .. }', doc = "The stages, where lifecycles are several." },
      { name = "scores", form = "{ dimension = number | matcher, .. }",
        doc = "Scores in points, exact to the thousandth, or matching." },
      { name = "grade", form = '"A1"', doc = "The grade, or a matcher on it." },
      { name = "bands", form = '{ dimension = "band", .. }', doc = "The bands that scores lie in." },
      { name = "points", form = "{ rule = number | matcher, .. }",
        doc = "What single rules hold in points, over all dimensions: after decay and their own cap, before caps of "
          .. "groups." },
      { name = "holds", form = '{ "rule", .. }', doc = "Rules that hold something." },
      { name = "not_holds", form = '{ "rule", .. }', doc = "Rules that hold nothing." },
      { name = "segments", form = "{ segment = true | false, .. }", doc = "Whether the lead is in them." },
      { name = "why", form = '{ "rule" | "text", .. }',
        doc = "What the explanation says: rules that are part of a score, or words that stand in it." },
      { name = "why_not", form = '{ "text", .. }',
        doc = "What stands between the lead and another stage: the id or doc of a gate that does not let through, the "
          .. "doc of a move that does not happen, or a condition as written, with what is there, that does not hold." },
      { name = "fails", form = '{ "rule", .. }',
        doc = "Rules whose function has failed. A failure that is not expected fails the test." },
      { name = "clocks", form = '{ SLA = "open" }',
        doc = "How far the newest clock of an sla has come, as a daemon would have it that took the test's events as "
          .. "they "
          .. "came: open, warned, breached or stopped; missing: none was started." },
      { name = "worklists", form = '{ "NAME", .. }', doc = "The lists the lead is in: these and no others." },
      { name = "effects", form = '{ { type = "..", to = "..", effect = ".." }, .. }',
        doc = "All that others were told since the test began, in order; of each, what is named here. {}: nothing." },
      { name = "request", form = '{ to = "NAME", body = .., path = "..", .. }',
        doc = "The last request that was made, of that destination: method, url, path, headers and body. Of a table "
          .. "only what is named is compared." },
      { name = "accepts", form = '{ { to = "NAME", status = 200, body = .., is = true }, .. }',
        doc = "What a destination, or a renderer that plugin names, makes of an answer: true, or the text that says "
          .. "why not; final: whether it is parked at once." },
      { name = "renders", form = '{ { plugin = "NAME", options = .., effect = .., request = .. }, .. }',
        doc = "What a renderer (or the destination that to names) makes of a message: a request, compared as above, or "
          .. "nothing when there is none. A secret is { secret = \"NAME\" } here." },
      { name = "owner", form = '"NAME"', doc = "Who has the lead; missing: nobody." },
      { name = "qualified", form = "{ framework = true | false, .. }", doc = "Whether the framework's result is yes." },
      { name = "criteria", form = '{ ["framework.criterion"] = "met" | "unmet" | "unknown", .. }',
        doc = "Where criteria stand." },
      { name = "totals", form = "{ framework = number | matcher, .. }", doc = "The weight of what is met." },
      { name = "next_question", form = '{ framework = "criterion" | false, .. }',
        doc = "Which criterion is to be asked for next; false: none is open." },
      { name = "interest", form = "{ topic = number | matcher, .. }", doc = "Interest in topics, in points." },
      { name = "completeness", form = "number | matcher", doc = "Of the profile, in percent." },
      { name = "cycle", form = "number | matcher", doc = "The lead's round through the funnel, from 1." },
      { name = "ignored", form = "true | false | \"ID\"",
        doc = "Whether an ignore rule takes the lead out, and which." },
      { name = "traits", form = "{ trait = value | matcher, .. }", doc = "Traits of the lead." },
    },
    example = 't:expect { stage = "mql", scores = { fit = 40, intent = at_least(80) }, holds = { "hot_sequence" } }',
  },
}
