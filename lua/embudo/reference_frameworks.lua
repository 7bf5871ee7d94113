-- Qualification frameworks: what is asked of a lead, what counts as an answer, and what is enough.
return {
  {
    name = "framework", kind = "noun", form = 'framework "NAME" { .. }',
    doc = "A way to qualify leads, such as BANT or MEDDIC: criteria, and what is enough of them. People's "
      .. "answers are acts (act "
      .. "\"answer\"), and the newest one that has not expired stands. At most 32 frameworks of 32 criteria.",
    fields = {
      { name = "doc", form = '"text"', doc = "What it is for." },
      { name = "of", form = '"account"',
        doc = "Answers of any of the account's people count for all of them; without it each lead is asked alone." },
      { name = "qualified", form = "{ must = { \"criterion\", .. }, met = n, total = matcher, completeness = matcher }",
        doc = "What is enough: criteria that must be met, how many in all, their weight together (total), how "
          .. "much of the weight is "
          .. "answered in percent (completeness). All that is said must hold; without it every criterion must be "
          .. "met." },
    },
    example = [[
framework "bant" {
  doc = "Budget, authority, need, timeline",
  criterion "budget"   { ask = "What have you set aside?", value = "money", met = at_least(5000), expires = "180d" },
  criterion "need"     { ask = "What happens if nothing changes?", weight = 30 },
  criterion "timeline" { ask = "When must it be running?", value = "date", met = ahead "180d", expires = "90d" },
  qualified = { must = { "need" }, met = 2 },
}]],
  },
  {
    name = "criterion", kind = "part", form = 'criterion "NAME" { .. }',
    doc = "Inside a framework: one question. It is met or unmet by the answer that stands, else met when "
      .. "`inferred` holds (marked as "
      .. "inferred: any person's answer is stronger), else unknown.",
    fields = {
      { name = "ask", form = '"question"', doc = "The question, as a person would be asked it. Required." },
      { name = "doc", form = '"text"', doc = "What is meant." },
      { name = "value", form = '"money" | "number" | "text" | "choice" | "date" | "yes_no" | "grade"',
        doc = "What an answer is: text, when nothing is said." },
      { name = "met", form = "matcher",
        doc = "Which answers meet it. Without it: any answer; yes; a grade of at least 2." },
      { name = "weight", form = "n", doc = "How much it counts, 1 to 1000; 1 when nothing is said." },
      { name = "expires", form = '"180d"', doc = "How long an answer stands. Without it, until the next." },
      { name = "inferred", form = "condition", doc = "What may be taken for an answer while nobody gave one." },
      { name = "choices", form = '{ "text", .. }', doc = "Of a choice: what may be answered." },
      { name = "grades", form = '{ "none", .. }',
        doc = "Of a grade: the names of 0, 1 and so on; none, weak, good and strong when nothing is said. In a "
          .. "total a graded "
          .. "criterion counts by its grade." },
      { name = "currency", form = '"EUR"', doc = "Of money." },
      { name = "from", form = "selector", doc = "Events of the lead's own that answer it, such as a form's or a "
        .. "chat's." },
      { name = "field", form = '"field"', doc = "Where in such an event the answer stands; value when nothing is "
        .. "said." },
    },
    example = [[
criterion "authority" {
  ask = "Who signs, and who can veto?", value = "choice", choices = { "decides", "influences", "none" },
  met = one_of { "decides", "influences" }, inferred = trait { title = word { "ceo", "cto" } }, weight = 25,
}]],
  },
  {
    name = "qualified", kind = "condition", arity = { 1, 1 }, form = 'qualified "FRAMEWORK"',
    doc = "What the framework asks for is there, at this instant: it ends by itself when an answer expires.",
    example = 'need = qualified "bant"',
  },
  {
    name = "met", kind = "condition", arity = { 1, 1 }, form = 'met "FRAMEWORK.CRITERION" | met { .., .. }',
    doc = "The criterion is met, or all of them are.",
    example = 'when = met { "bant.budget", "bant.need" }',
  },
  {
    name = "unmet", kind = "condition", arity = { 1, 1 }, form = 'unmet "FRAMEWORK.CRITERION" | unmet { .., .. }',
    doc = "The criterion has an answer that stands, and the answer does not meet it. A criterion that nobody "
      .. "answered is neither met nor "
      .. "unmet.",
    example = 'when = unmet "bant.budget"',
  },
  {
    name = "total", kind = "condition", arity = { 2, 2 }, form = 'total("FRAMEWORK", matcher)',
    doc = "The weights of all criteria that are met, graded ones by their grade, match.",
    example = 'when = total("bant", at_least(30))',
  },
}
