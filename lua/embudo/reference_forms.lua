-- Forms that are no words: how values are written, how phrases combine, what a file of the directory is.
return {
  {
    name = "&", kind = "form", form = "a & b",
    doc = "Both hold: of two matchers, or two conditions. Lua's own `and` would silently keep only its second half, "
      .. "so rule files refuse and, or and not outside functions.",
    example = "when = score { fit = at_least(40) } & stage \"lead\"",
  },
  {
    name = "|", kind = "form", form = "a | b",
    doc = "Either holds: of two selectors, two matchers, or two conditions. Between plain texts write one_of { .. }.",
    example = 'on = track "Demo Requested" | track "Form Submitted" { form = "demo" }',
  },
  {
    name = "~", kind = "form", form = "~a",
    doc = "Does not hold: of a matcher or a condition. What is unknown stays unknown.",
    example = 'when = trait { country = present & ~listed "target_countries" }',
  },
  {
    name = "points", kind = "form", form = "15 | -20",
    doc = "Points, bounds, bands and caps are whole numbers of at most a million; negative points take away. Inside, "
      .. "decays and functions make thousandths of them, which are added exactly.",
    example = "points = { engagement = 15, fit = -20 }",
  },
  {
    name = "duration", kind = "form", form = '"90s" | "15m" | "4h" | "7d" | "2w" | "1d12h"',
    doc = "A span of time: a whole number with ms, s, m, h, d or w, or a sum of such in falling units; above zero "
      .. "and at most a hundred years. A day is 24 hours.",
    example = 'limit = { times = 3, per = "7d" }',
  },
  {
    name = "instant", kind = "form", form = '"2024-01-15T09:00:00Z" | "2024-01-15"',
    doc = "A point in time as RFC 3339 has it, to the millisecond; without a zone it is UTC, a bare date is its "
      .. "midnight. Functions see instants as milliseconds since 1970 (UTC).",
    example = 't:at "2024-02-01T00:00:00Z"',
  },
  {
    name = "field", kind = "form", form = 'path = matcher | ["context.campaign.medium"] = matcher',
    doc = "A field's name, a text in brackets when it has dots: they walk objects. In event selectors a plain name "
      .. "is a property of the event (on pages also of context.page; in identify and group_call a trait), "
      .. "\"context.x.y\" and \"traits.x\" name the rest. Traits of a lead are in snake_case however they were sent: "
      .. "firstName is first_name.",
    example = 'on = page { ["context.campaign.medium"] = one_of { "cpc", "paid" } }',
  },
  {
    name = "function", kind = "form", form = "function(lead) .. end | function(lead, event) .. end",
    doc = "The escape hatch: as `points` it returns a table of points, {} or nil; as `when` it returns true or "
      .. "anything else. It sees what chapter \"What functions see\" lists, keeps nothing between calls, and is "
      .. "opaque to checks and explanations. As a condition it is asked at the lead's events and once a day, not at "
      .. "the exact instant. When it fails, only its own rule is missing; when it fails again and again, it is put "
      .. "into quarantine.",
    example = [[
points = function(lead, event)
  return { intent = math.min(tonumber(event.properties.seats) or 0, 50) }
end]],
  },
  {
    name = "lists", kind = "form", form = "lists/NAME.txt",
    doc = "A named set for listed \"NAME\": one entry a line, # begins a comment line, *.name covers every name that "
      .. "ends so. Case and Latin accents do not matter. A changed list is a changed ruleset.",
    example = 'when = trait { email_domain = listed "freemail" }',
  },
  {
    name = "yaml", kind = "form", form = "NAME.yaml",
    doc = "A scorecard: the same declarations for people and programs that do not write Lua. dimensions, groups, "
      .. "rules, resets, ignores and lifecycles hold named bodies, grade, activity, profile and identity one body. A "
      .. "phrase is a mapping of one pair; any_of, all_of and not stand for |, & and ~. Functions need Lua.",
    example = [[
-- in scorecard.yaml:
-- rules:
--   pricing_page:
--     on: { page: { path: { glob: "/pricing*" } } }
--     points: { engagement: 15 }
--     limit: { times: 3, per: 7d }]],
  },
}
