-- The chapters of the reference, in reading order. An entry stands in the chapter that names it, or else its kind.
return {
  {
    name = "forms", kinds = { "form" }, title = "Forms",
    doc = "What values look like, and how phrases combine, wherever they stand.",
  },
  {
    name = "declarations", kinds = { "noun" }, title = "Declarations",
    doc = "What stands at the top of a rule file. Each declares one thing; the order of files and declarations never "
      .. "changes a result.",
  },
  {
    name = "stages", names = { "lifecycle", "acts", "contact" }, kinds = { "part" }, title = "Stages",
    doc = "The stages a lead goes through, and what moves it from one to the next.",
  },
  {
    name = "desk", names = { "calendar", "sla", "assign", "worklist" }, kinds = {}, title = "The sales desk",
    doc = "How soon a lead is dealt with, who deals with it, and in what order. A stage stands as \"mql\", as a list, "
      .. "or "
      .. "as { \"mql\", lifecycle = \"NAME\" } where it is not the main lifecycle's.",
  },
  {
    name = "qualification", names = { "framework", "criterion", "qualified", "met", "unmet", "total" }, kinds = {},
    title = "Qualification",
    doc = "Frameworks of questions, people's answers to them, and what follows.",
  },
  {
    name = "selectors", kinds = { "selector", "step" }, title = "Event selectors",
    doc = "Which events: what stands after `on`, in seen, in a sequence. a | b is either of two.",
  },
  {
    name = "matchers", kinds = { "matcher" }, title = "Matchers",
    doc = "A test on one field of an event, one trait, one score. m & n, m | n and ~m combine them. A plain value "
      .. "stands for \"equals it\".",
  },
  {
    name = "conditions", kinds = { "condition" }, title = "Conditions",
    doc = "A question about the lead, at an instant: what stands after when, counts_while, need. a & b, a | b and ~a "
      .. "combine them. Conditions the engine can read explain themselves, part by part, and change at the exact "
      .. "instant.",
  },
  {
    name = "decays", kinds = { "decay" }, title = "Decays",
    doc = "How what a behaviour rule added fades with its age. Without a decay it stays.",
  },
  {
    name = "handoffs", names = { "effect", "destination", "renderer", "receiver" }, kinds = { "secret" },
    title = "Hand-offs",
    doc = "What is told others when something happens to a lead: where to, in what form, with which credentials.",
  },
  {
    name = "enrichment", names = { "enricher", "sources" }, kinds = { "answer", "call" }, title = "Enrichment",
    doc = "Asking other services for what is not known of a lead. An enricher's function is called with the lead (only "
      .. "the traits it needs), http, dns and lookup; it waits where it asks, and has no other way out. Errors "
        .. "it raises "
      .. "with the error of a call are tried again when that may help.",
  },
  {
    name = "functions", kinds = { "lead", "event" }, title = "What functions see",
    doc = "A function in a rule is called with the lead and, in points of a behaviour rule, the event. Both are "
      .. "read-only and end with the call; an unknown field is an error.",
  },
  {
    name = "library", kinds = { "library" }, title = "The Lua library",
    doc = "What functions may use besides. It is Lua 5.4's, without what could reach outside, wait, or give a "
      .. "different answer another time: no os, io, debug, load, require, print, coroutine, random. Each call of a "
      .. "function has a budget of instructions, which long texts and tables use up too.",
  },
  {
    name = "tests", names = { "test", "property" }, kinds = { "command" }, title = "Tests",
    doc = "Words of files named *_test.lua, which `embudo test` runs and scoring never loads.",
  },
}
