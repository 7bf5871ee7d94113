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
      { name = "again", form = '"30d"', doc = "How long the same move waits before it may fire again for this lead." },
      { name = "reasons", form = '{ code = "180d", .. }',
        doc = "The coded reasons a person chooses from, each with how long the verdict stands: a duration or "
          .. "\"never\" (it never lapses)." },
    },
    example = [[
move {
  { "mql", "sal" }, "disqualified", by = "sales",
  reasons = { competitor = "never", no_need = "180d" },
}]],
  },
}
