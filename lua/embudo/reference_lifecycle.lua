-- Stages, and what moves a lead between them.
return {
  {
    name = "lifecycle", kind = "noun", form = 'lifecycle "NAME" { .. }',
    doc = "The stages a lead can be in: all that its moves name. Moves are tried in written order after every "
      .. "change; one move may lead to the next at the same instant, but no stage is entered twice. At most 8 "
      .. "lifecycles of 64 stages.",
    fields = {
      { name = "start", form = '"stage"', doc = "Where every lead begins. Required." },
      { name = "stages", form = '{ "stage", .. }',
        doc = "All stages by name, where a misspelling should be found; without it, those that the moves name." },
      { name = "final", form = '{ "stage", .. }', doc = "Stages that a move from `any` does not leave." },
      { name = "sales", form = '{ "stage", .. }',
        doc = "Stages in which the lead is sales'. Entering one of them from elsewhere is a hand-off: nobody whom "
          .. "contact names gets in." },
      { name = "endorsed", form = '{ "stage", .. }', doc = "Stages that are marketing's word for the lead." },
      { name = "outside", form = '{ "stage", .. }', doc = "Stages that count in no figure of the funnel." },
      { name = "who", form = "condition", doc = "Which leads are in this lifecycle; without it all are." },
    },
    example = [[
lifecycle "main" {
  start = "lead",
  gate "name_and_title" { doc = "Not negotiable", into = { "mql" }, need = known { "first_name", "title" } },
  move { "lead", "mql", when = score { fit = at_least(30) } & score { intent = at_least(40) }, again = "30d" },
  move { "mql", "sal", by = "sales" },
}]],
  },
  {
    name = "gate", kind = "part", form = 'gate "ID" { .. }',
    doc = "Inside a lifecycle: what must hold to enter certain stages, whichever move asks and whoever makes it.",
    fields = {
      { name = "doc", form = '"text"', doc = "Why; shown when it refuses." },
      { name = "into", form = '{ "stage", .. }', doc = "The stages it guards. Required." },
      { name = "need", form = "condition", doc = "What must hold. Required." },
    },
    example = [[
gate "name_and_title" {
  doc = "Not negotiable", into = { "mql" }, need = known { "first_name", "title" },
}]],
  },
  {
    name = "move", kind = "part", form = 'move { "from", "to", .. }',
    doc = "Inside a lifecycle: an allowed transition. The first place is a stage, a list of stages or any; the "
      .. "second the stage entered. With `when` it happens by itself, with `by` a person makes it; anything else is "
      .. "refused.",
    fields = {
      { name = "doc", form = '"text"', doc = "What it means; shown in the timeline." },
      { name = "when", form = "condition", doc = "Fires as soon as this holds and every gate agrees." },
      { name = "by", form = '"role" | { "role", .. }', doc = "Who may make it by hand: marketing, sales, admin." },
      { name = "act", form = '"NAME"', doc = "What they call it; without it the act is \"move\" and says where to." },
      { name = "need", form = "condition", doc = "The policy: what must hold when people make it, beside the gates." },
      { name = "asks", form = '{ "field", field = matcher, ["a|b"] = matcher, .. }',
        doc = "What the act must bring along: each field, or one of several joined by |, must match." },
      { name = "learns", form = '{ "field", .. }',
        doc = "Of these fields the act must bring one, with another value than the lead's trait of that name." },
      { name = "claim", form = "true", doc = "Without marketing's word: counted apart." },
      { name = "resets", form = '{ "dimension", .. }', doc = "These dimensions begin anew with the move." },
      { name = "again", form = '"30d"', doc = "How long the same move waits before it may fire again for this lead." },
      { name = "reasons", form = '{ code = "180d", .. }',
        doc = "The coded reasons a person chooses from, each with how long the verdict stands: a duration or "
          .. "\"never\" (it never lapses). { stands = \"180d\", alternative = \"the free plan\" } also says what to "
          .. "offer instead." },
    },
    example = [[
move {
  { "mql", "sal" }, "disqualified", by = "sales",
  reasons = { competitor = "never", no_need = "180d" },
}]],
  },
  {
    name = "acts", kind = "noun", form = "acts { NAME = { .. }, .. }",
    doc = "What people may do about a lead without moving it, and more about acts that moves name. Several files may "
      .. "have it; every act is said once.",
    fields = {
      { name = "doc", form = '"text"', doc = "What it means." },
      { name = "by", form = '"role" | { "role", .. }',
        doc = "Who may do it without moving the lead; an act without it is only done by moves that name it." },
      { name = "asks", form = '{ "field", field = matcher, .. }', doc = "What it must bring along, always." },
      { name = "private", form = '{ "field", .. }',
        doc = "Fields that are kept apart: in no explanation, stream, webhook or export, only in the copy of all of a "
          .. "person's data." },
      { name = "sets", form = '{ "field", .. }', doc = "Fields that become traits of the lead." },
    },
    example = [[
acts {
  log_call = {
    doc = "A call", by = "sales", asks = { outcome = one_of { "no_answer", "connect" } }, private = { "note" },
  },
}]],
  },
  {
    name = "contact", kind = "noun", form = "contact { REASON = condition, .. }",
    doc = "Whom not to contact: a lead for which one of these holds is handed to nobody, nor shown to sales "
      .. "as endorsed or assigned, whatever it scores and whoever asks.",
    example = 'contact { unsubscribed = seen(track "Unsubscribed") }',
  },
}
