-- Matchers: tests on one field. A plain text, number or truth value stands for "equals it".
local folded = "Ignores case and Latin accents."
return {
  {
    name = "one_of", kind = "matcher", arity = { 1, 1 }, form = 'one_of { "a", "b" }',
    doc = "The field equals one of the values (texts exactly). A missing field does not match.",
    example = 'country = one_of { "ES", "PT" }',
  },
  {
    name = "none_of", kind = "matcher", arity = { 1, 1 }, form = 'none_of { "a", "b" }',
    doc = "The field equals none of the values. A missing field matches.",
    example = 'plan = none_of { "free", "trial" }',
  },
  {
    name = "at_least", kind = "matcher", arity = { 1, 1 }, form = "at_least(n)",
    doc = "A number of n or more. Numbers written as text (\"300\") count as numbers.",
    example = "minutes = at_least(20)",
  },
  {
    name = "at_most", kind = "matcher", arity = { 1, 1 }, form = "at_most(n)",
    doc = "A number of n or less.",
    example = "seats = at_most(5)",
  },
  {
    name = "above", kind = "matcher", arity = { 1, 1 }, form = "above(n)",
    doc = "A number greater than n.",
    example = "amount = above(0)",
  },
  {
    name = "below", kind = "matcher", arity = { 1, 1 }, form = "below(n)",
    doc = "A number less than n.",
    example = "engagement = below(30)",
  },
  {
    name = "between", kind = "matcher", arity = { 2, 2 }, form = "between(a, b)",
    doc = "A number from a to b, both included; a is not above b.",
    example = '["company.employees"] = between(50, 999)',
  },
  {
    name = "starts", kind = "matcher", arity = { 1, 1 }, form = 'starts "text"',
    doc = "The text begins so. " .. folded,
    example = 'path = starts "/pricing"',
  },
  {
    name = "ends", kind = "matcher", arity = { 1, 1 }, form = 'ends "text"',
    doc = "The text ends so. " .. folded,
    example = 'email = ends "@acme.example"',
  },
  {
    name = "contains", kind = "matcher", arity = { 1, 1 }, form = 'contains "text"',
    doc = "The text stands somewhere in it. " .. folded,
    example = 'title = contains "compras"',
  },
  {
    name = "glob", kind = "matcher", arity = { 1, 1 }, form = 'glob "/pricing*"',
    doc = "The whole text has that shape: * is any run of characters, ? is one. " .. folded,
    example = 'path = glob "/*/pricing"',
  },
  {
    name = "word", kind = "matcher", arity = { 1, 1 }, form = 'word { "ceo", "cto" }',
    doc = "One of the words, or phrases, stands in the text as whole words: \"cto\" is not in \"director\". "
      .. folded,
    example = 'title = word { "ceo", "directora", "head of" }',
  },
  {
    name = "matches", kind = "matcher", arity = { 1, 1 }, form = 'matches "(?i)^dr\\\\b"',
    doc = "A Perl-compatible regular expression (PCRE2) that finds a match in the text; case counts unless (?i) is "
      .. "written. Matching has a step limit: a pattern that needs more does not match.",
    example = 'phone = matches "^\\\\+[1-9]\\\\d{6,14}$"',
  },
  {
    name = "listed", kind = "matcher", arity = { 1, 1 }, form = 'listed "name"',
    doc = "The text is a line of lists/name.txt. A line *.edu stands for all names ending in .edu. " .. folded,
    example = 'email_domain = listed "freemail"',
  },
  {
    name = "cidr", kind = "matcher", arity = { 1, 1 }, form = 'cidr { "203.0.113.0/24" }',
    doc = "An IP address, version 4 or 6, in one of the networks.",
    example = '["context.ip"] = cidr { "203.0.113.0/24", "2001:db8::/32" }',
  },
  {
    name = "present", kind = "matcher", arity = 0, form = "present",
    doc = "Has a value: not null, not blank, not an empty list or object.",
    example = "phone = present",
  },
  {
    name = "missing", kind = "matcher", arity = 0, form = "missing",
    doc = "Has no value: absent, null, blank, or empty.",
    example = "phone = missing",
  },
  {
    name = "any", kind = "matcher", arity = 0, form = "any",
    doc = "Always true; in a move, every stage that is not final.",
    example = "first = { { at_least(50), value = 10 }, { any, value = 0 } }",
  },
  {
    name = "past", kind = "matcher", arity = { 1, 1 }, form = 'past "30d"',
    doc = "A date at most that long ago and not in the future. The answer changes with time alone, at the exact "
      .. "instant.",
    example = "trial_started_at = past \"30d\"",
  },
  {
    name = "ahead", kind = "matcher", arity = { 1, 1 }, form = 'ahead "120d"',
    doc = "A date at most that far in the future and not in the past.",
    example = "contract_ends = ahead \"120d\"",
  },
  {
    name = "some", kind = "matcher", arity = { 1, 1 }, form = "some(matcher)",
    doc = "A list with at least one item that matches.",
    example = 'products = some(one_of { "cnc", "laser" })',
  },
  {
    name = "every", kind = "matcher", arity = { 1, 1 }, form = "every(matcher)",
    doc = "A non-empty list whose items all match.",
    example = "amounts = every(above(0))",
  },
}
