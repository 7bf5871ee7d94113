-- Conditions: about the lead, at an instant. a & b, a | b and ~a combine them; so they do selectors (|) and matchers.
return {
  {
    name = "trait", kind = "condition", arity = { 1, 1 }, form = "trait { field = matcher, .. }",
    doc = "All the traits match. Names are snake_case, dots walk objects. Derived traits: email_domain, "
      .. "completeness, first_source, last_source; company holds what group calls said.",
    example = 'when = trait { title = word { "ceo", "cto" }, ["company.employees"] = at_least(50) }',
  },
  {
    name = "score", kind = "condition", arity = { 1, 1 }, form = "score { dimension = matcher, .. }",
    doc = "The scores, clamped, in points, all match. A rule may not test the dimension it feeds, directly or in a "
      .. "circle.",
    example = "when = score { fit = at_least(40), engagement = at_least(30) }",
  },
  {
    name = "grade_is", kind = "condition", arity = { 1, 1 }, form = 'grade_is { "A1", "B1" }',
    doc = "The grade is one of these cells.",
    example = 'when = grade_is { "A1", "A2" }',
  },
  {
    name = "stage", kind = "condition", arity = { 1, 1 }, form = 'stage "mql" | stage { "mql", "sal" }',
    doc = "The lead is in the stage, or in one of them.",
    fields = {
      { name = "lifecycle", form = '"NAME"',
        doc = "Whose stages are meant: when it is not given, those of the lifecycle it stands in, else of \"main\" "
          .. "(without one the first by name)." },
    },
    example = 'when = stage { "mql", "sal" }',
  },
  {
    name = "seen", kind = "condition", arity = { 1, 2 }, form = 'seen(selector, { times = 2, within = "7d" })',
    doc = "So many such events; once, ever, when nothing else is said. It ends the instant the window has slid past. "
      .. "In a behaviour rule's `when` the event being judged is not counted.",
    fields = {
      { name = "times", form = "n", doc = "How many are needed, 1 to 256." },
      { name = "within", form = '"7d"', doc = "Counting only events in the last such span." },
      { name = "distinct", form = '"field"', doc = "Counting different values of this field instead of events." },
      { name = "since", form = '"cycle" | "stage"',
        doc = "Counting only events of the lead's present cycle, or since it entered its present stage." },
    },
    example = 'when = seen(page {}, { distinct = "path", times = 5, within = "7d" })',
  },
  {
    name = "known", kind = "condition", arity = { 1, 1 }, form = 'known { "first_name", "title" }',
    doc = "These traits are present and valid as the profile says.",
    example = 'need = known { "first_name", "title" }',
  },
  {
    name = "completeness", kind = "condition", arity = { 1, 2 },
    form = 'completeness(matcher) | completeness("FRAMEWORK", matcher)',
    doc = "The profile's completeness, 0 to 100 percent, matches; with a framework's name, how much of its criteria's "
      .. "weight is answered or inferred.",
    example = "when = completeness(at_least(80))",
  },
  {
    name = "velocity", kind = "condition", arity = { 3, 3 }, form = 'velocity("dimension", "7d", matcher)',
    doc = "How much the unclamped score changed over the span: whole days, 1 to 30.",
    example = 'when = velocity("engagement", "7d", at_least(20))',
  },
  {
    name = "idle", kind = "condition", arity = { 1, 1 }, form = 'idle "30d"',
    doc = "No activity of the lead's own for that long (see activity).",
    example = 'when = idle "30d"',
  },
  {
    name = "in_stage_for", kind = "condition", arity = { 1, 1 }, form = 'in_stage_for "14d"',
    doc = "The lead has been in its present stage for at least that long.",
    example = 'when = stage "mql" & in_stage_for "14d"',
  },
  {
    name = "interest", kind = "condition", arity = { 1, 1 }, form = "interest { [\"topic\"] = matcher, .. }",
    doc = "What rules with these topics hold, in points, matches.",
    example = 'when = interest { ["cnc"] = at_least(10) }',
  },
  {
    name = "account", kind = "condition", arity = { 1, 1 }, form = "account { field = matcher, .. }",
    doc = "The lead has an account (the company that its last group call or context.groupId names), and what is known "
      .. "of it matches "
      .. "now, whoever's group calls said so, a CRM's among them.",
    example = "when = ~account { customer = true } & account { tier = one_of { 1, 2 } }",
  },
  {
    name = "in_segment", kind = "condition", arity = { 1, 1 }, form = 'in_segment "NAME"',
    doc = "The lead is in this segment (see segment).",
    example = 'when = in_segment "smb"',
  },
  {
    name = "cycle", kind = "condition", arity = { 1, 1 }, form = "cycle(matcher)",
    doc = "Which time the lead goes through the funnel, from 1: one more with each return to the start of \"main\".",
    example = "when = cycle(at_most(3))",
  },
  {
    name = "verdict", kind = "condition", arity = { 1, 1 }, form = 'verdict "reason" | verdict { "reason", .. }',
    doc = "Somebody put the lead into its present stage for one of these reasons; verdict {} is for any reason.",
    fields = {
      { name = "lapsed", form = "true", doc = "And the time for which that stands is over." },
    },
    example = "when = verdict { lapsed = true }",
  },
}
