-- Selectors: which events. And decays: how what they gave fades.
local plain = "A plain field is a property of the event; \"context.x.y\" and \"traits.x\" in brackets name "
  .. "the rest, dots "
  .. "walk objects."
return {
  {
    name = "page", kind = "selector", arity = { 1, 1 }, form = "page { field = matcher, .. }",
    doc = "Page views. path, url, title, referrer and search are also looked up in context.page. " .. plain
      .. " page {} is every page view; page \"Pricing\" { .. } those with that name.",
    example = 'on = page { path = glob "/pricing*" }',
  },
  {
    name = "screen", kind = "selector", arity = { 1, 1 }, form = 'screen "Name" { field = matcher, .. }',
    doc = "Screens of an app, like page; the name, exactly or a matcher on it, may be left out.",
    example = 'on = screen "Plans"',
  },
  {
    name = "track", kind = "selector", arity = { 1, 1 }, form = 'track "Name" { field = matcher, .. }',
    doc = "What people do, by the event's name (exactly) or a matcher on it: track(glob \"Video *\"). The fields may "
      .. "be left out. " .. plain,
    example = 'on = track "Webinar Attended" { minutes = at_least(20) }',
  },
  {
    name = "identify", kind = "selector", arity = { 1, 1 }, form = "identify { trait = matcher, .. }",
    doc = "Identify calls. A plain field is one of the traits the call carries.",
    example = "on = identify { phone = present }",
  },
  {
    name = "group_call", kind = "selector", arity = { 1, 1 }, form = "group_call { trait = matcher, .. }",
    doc = "Group calls: a person was put in a company. A plain field is one of the company's traits.",
    example = "on = group_call { plan = \"enterprise\" }",
  },
  {
    name = "act", kind = "selector", arity = { 1, 1 }, form = 'act "NAME" { field = matcher, .. }',
    doc = "What people did about the lead, by the act's name (exactly) or a matcher on it: act(any). A plain field is "
      .. "what the act brought along; reason, lifecycle, from, to, [\"actor.id\"] and [\"actor.role\"] are the act's "
      .. "own. The fields may be left out.",
    example = 'on = act "log_call" { outcome = "interested" }',
  },
  {
    name = "any_event", kind = "selector", arity = { 1, 1 }, form = "any_event { field = matcher, .. }",
    doc = "Calls of every type; what people and enrichers did is none. " .. plain,
    example = 'on = any_event { ["context.ip"] = cidr { "203.0.113.0/24" } }',
  },
  {
    name = "visit", kind = "selector", arity = { 1, 1 }, form = 'visit { gap = "30m" }',
    doc = "The first page or screen after that much silence of pages and screens: a session starts.",
    fields = {
      { name = "gap", form = '"30m"', doc = "How long the silence must be; 30m when it is not given." },
    },
    example = 'on = visit { gap = "30m" }',
  },
  {
    name = "entered", kind = "selector", arity = { 1, 1 }, form = 'entered "stage"',
    doc = "A transition into the stage, or into one of several: entered { \"sal\", \"sql\" }.",
    fields = {
      { name = "lifecycle", form = '"NAME"', doc = "Whose stages are meant; those of \"main\" when it is not given." },
    },
    example = 'on = entered "sal"',
  },
  {
    name = "warned", kind = "selector", arity = { 1, 1 }, form = 'warned "SLA"',
    doc = "A clock has warned: of that sla, of one of several in a list, or of any (any). Only an effect waits for it.",
    example = 'on = warned "first_touch"',
  },
  {
    name = "breached", kind = "selector", arity = { 1, 1 }, form = 'breached "SLA"',
    doc = "A clock has run out before what it waits for: of that sla, of one of several in a list, or of any (any). "
      .. "Only an effect waits for it; a breach that is found late, after a restart, is told with the instant at which "
      .. "it was due.",
    example = 'on = breached { "first_touch", "accept_or_reject" }',
  },
  {
    name = "sequence", kind = "selector", arity = { 1, 1 },
    form = 'sequence { selector, .. , within = "14d", same = "field" }',
    doc = "Steps in order of event time; fires when the last one happens, then starts anew, so matches never "
      .. "overlap. Events between the steps do not matter, except those that a no(..) forbids. A final no(..) fires "
      .. "at the end of `within`. At most 64 steps.",
    fields = {
      { name = "within", form = '"14d"',
        doc = "The most time from the first step to the last. Required after a final no(..)." },
      { name = "same", form = '"field"', doc = "All steps carry the same value of this field, such as webinar_id." },
    },
    example = 'on = sequence { times(2, page { path = starts "/pricing" }), track "Demo Requested", within = "14d" }',
  },
  {
    name = "times", kind = "step", arity = { 2, 2 }, form = "times(n, selector)",
    doc = "Inside a sequence: this step so many times, 1 to 100.",
    example = 'times(2, page { path = starts "/pricing" })',
  },
  {
    name = "no", kind = "step", arity = { 1, 1 }, form = "no(selector)",
    doc = "Inside a sequence: no such event between the step before and the step after (or the deadline).",
    example = 'sequence { track "Webinar Registered", no(track "Webinar Attended"), within = "2d" }',
  },
  {
    name = "half_life", kind = "decay", arity = { 1, 1 }, form = 'half_life "30d"',
    doc = "Each addition is worth half after every such span. The cheapest decay, exact in any order of arrival.",
    example = 'decay = half_life "30d"',
  },
  {
    name = "linear", kind = "decay", arity = { 1, 1 }, form = 'linear "60d"',
    doc = "Each addition falls evenly from full to nothing over the span. Keeps the newest 256 event times of a rule.",
    example = 'decay = linear "60d"',
  },
  {
    name = "step", kind = "decay", arity = { 1, 1 }, form = 'step { ["14d"] = 0.5, ["30d"] = 0 }',
    doc = "From exactly each age on, an addition is worth that share of its points (1 before the first). Shares "
      .. "fall, at most 32 of them. Keeps the newest 256 event times of a rule.",
    example = 'decay = step { ["14d"] = 0.5, ["30d"] = 0 }',
  },
}
