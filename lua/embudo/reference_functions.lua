-- What functions in rules see. Both views are read-only and end with the call; an unknown field is an error.
return {
  { name = "lead.id", kind = "lead", form = "lead.id", doc = "The lead's identifier, a text.", example = "lead.id" },
  {
    name = "lead.traits", kind = "lead", form = "lead.traits.NAME",
    doc = "Traits by snake_case name, derived ones included; nil when absent. Objects are walked with dots, lists "
      .. "are numbered from 1; pairs keeps their order.",
    example = 'lead.traits.company and lead.traits.company.employees',
  },
  {
    name = "lead.scores", kind = "lead", form = "lead.scores.NAME",
    doc = "A dimension's clamped score in points, a number with at most three decimals.",
    example = "lead.scores.fit >= 40",
  },
  { name = "lead.stage", kind = "lead", form = "lead.stage",
    doc = "The stage in the lifecycle \"main\" (without one the first by name), a text; nil without any.",
    example = 'lead.stage == "mql"' },
  {
    name = "lead.cycle", kind = "lead", form = "lead.cycle",
    doc = "How many times the lead started over, from 1.",
    example = "lead.cycle > 1",
  },
  { name = "lead.account", kind = "lead", form = "lead.account",
    doc = "The account's identifier (a group call's groupId), or nil.",
    example = "lead.account ~= nil" },
  { name = "lead.account_traits", kind = "lead", form = "lead.account_traits.NAME",
    doc = "What is known of the lead's account at this instant, whoever said it (see account); nil when absent. The "
      .. "name "
      .. "account_traits must stand in the file itself.",
    example = "lead.account_traits.customer == true" },
  { name = "lead.first_seen", kind = "lead", form = "lead.first_seen",
    doc = "The first event's instant, in milliseconds since 1970 (UTC), or nil.",
    example = "lead.now - lead.first_seen > 30 * 86400000" },
  { name = "lead.last_seen", kind = "lead", form = "lead.last_seen",
    doc = "The last event's instant, in milliseconds since 1970 (UTC), or nil.",
    example = "lead.now - lead.last_seen" },
  { name = "lead.now", kind = "lead", form = "lead.now", doc = "The instant being judged, in milliseconds since 1970 "
    .. "(UTC): the only clock.",
    example = "lead.now" },
  {
    name = "lead.velocity", kind = "lead", form = 'lead.velocity("dimension", "7d")',
    doc = "How much the unclamped score changed over the span, in points; whole days, 1 to 30.",
    example = 'lead.velocity("engagement", "7d") > 20',
  },
  {
    name = "lead.count", kind = "lead", form = 'lead.count(selector, "7d")',
    doc = "How many such events there were in the last span, or ever without one; at most 256 are counted. The "
      .. "selector is declared outside the function: local demo = track \"Demo Requested\".",
    example = 'lead.count(demo, "30d") >= 2',
  },
  {
    name = "event.id", kind = "event", form = "event.id",
    doc = "The event's message id, a text.",
    example = "event.id",
  },
  {
    name = "event.type", kind = "event", form = "event.type",
    doc = "track, page, screen, identify, group or alias.",
    example = 'event.type == "page"',
  },
  { name = "event.name", kind = "event", form = "event.name",
    doc = "The name of a track, page or screen event; nil without one.",
    example = 'event.name == "Trial Started"' },
  {
    name = "event.time", kind = "event", form = "event.time",
    doc = "The event's instant, in milliseconds since 1970 (UTC).",
    example = "event.time",
  },
  {
    name = "event.properties", kind = "event", form = "event.properties.NAME",
    doc = "The event's properties as sent; nil when absent. Objects are walked with dots, lists are numbered from 1; "
      .. "pairs keeps their order.",
    example = "math.min(event.properties.seats or 0, 50)",
  },
  { name = "event.context", kind = "event", form = "event.context.NAME",
    doc = "The event's context: page, campaign, ip, userAgent ...",
    example = "event.context.campaign and event.context.campaign.medium" },
  { name = "event.traits", kind = "event", form = "event.traits.NAME",
    doc = "The traits an identify or group event carries, as sent.",
    example = "event.traits.plan" },
}
