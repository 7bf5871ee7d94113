-- The words that declare: dimensions, groups, rules and what stands beside them.
return {
  {
    name = "dimension", kind = "noun", form = 'dimension "NAME" { .. }',
    doc = "A score of its own, such as fit, engagement or intent. Every dimension that rules give points to is "
      .. "declared. The score is the sum of what its rules hold, clamped to min and max when it is read: points "
      .. "beyond a clamp are not lost, they show again when others decay.",
    fields = {
      { name = "min", form = "number",
        doc = "The lowest score shown, in points. Without it the score may fall without end." },
      { name = "max", form = "number", doc = "The highest score shown, in points; above min." },
      { name = "bands", form = "{ NAME = points, .. }",
        doc = "Names for parts of the range: a band holds from its points on (A = 70: 70 and above). At most 16. One "
          .. "of them should start at or below min, or low scores have no band." },
    },
    example = 'dimension "fit" { min = 0, max = 100, bands = { A = 70, B = 45, C = 20, D = 0 } }',
  },
  {
    name = "group", kind = "noun", form = 'group "NAME" { .. }',
    doc = "Rules that belong together in one dimension, for breakdowns and for a common cap. Every group that a rule "
      .. "names is declared.",
    fields = {
      { name = "dimension", form = '"NAME"', doc = "The dimension its rules feed. Required." },
      { name = "max", form = "number",
        doc = "The most its rules may hold together, in points. Explanations show what it cut." },
      { name = "min", form = "number", doc = "The least they may hold together: a floor under many small penalties." },
    },
    example = 'group "profile" { dimension = "fit", max = 60 }',
  },
  {
    name = "grade", kind = "noun", form = 'grade { "ROWS", "COLUMNS" }',
    doc = "The two dimensions whose bands make the grade: A1 is band A of the first and band 1 of the second. Both "
      .. "need bands. Declared once.",
    example = 'grade { "fit", "engagement" }',
  },
  {
    name = "rule", kind = "noun", form = 'rule "ID" { .. }',
    doc = "Gives points. With `on` it is a behaviour rule: each matching event adds points, which a limit picks and "
      .. "a decay lets fade. Without `on` it is a profile rule: its points hold while `when` is true. With `field` "
      .. "and `first` it is a table of which the first matching row counts. An id exists once in all files.",
    fields = {
      { name = "doc", form = '"text"', doc = "What the rule means to a person; shown in every explanation." },
      { name = "group", form = '"NAME"', doc = "The group, which also says the dimension of single points." },
      { name = "dimension", form = '"NAME"', doc = "The dimension of the rows of `first`, where no group says it." },
      { name = "on", form = "selector",
        doc = "The events that count: page { .. }, track \"Name\" { .. }, a | b, sequence { .. }." },
      { name = "when", form = "condition | function(lead)",
        doc = "Without `on`: while it is true the points hold. Beside `on`: judged at the event's instant, before "
          .. "the event itself counts." },
      { name = "counts_while", form = "condition",
        doc = "Held points show only while it is true; reversible, so what is learnt later works backwards." },
      { name = "points", form = "{ dimension = number, .. } | function(lead, event)",
        doc = "What it gives, in whole points; negative ones take away. A function may return fractions (to the "
          .. "thousandth) in such a table, {} or nil; it is opaque to checks, so prefer a table." },
      { name = "limit", form = '{ times = n, per = "7d" }',
        doc = "At most so many events count within any span of that length, earliest first; without `per`, for ever. "
          .. "Events that do not count do not use it up. At most 256 times with `per`." },
      { name = "cooldown", form = '"1d"', doc = "Short for limit = { times = 1, per = .. }. Not together with limit." },
      { name = "decay", form = 'half_life "30d" | linear "60d" | step { .. }',
        doc = "How each addition fades with its age." },
      { name = "cap", form = "number",
        doc = "The most the rule may hold in one dimension, in points, by absolute value." },
      { name = "topics", form = '{ "name", .. }',
        doc = "What the lead shows interest in when the rule fires; see interest." },
      { name = "field", form = '"trait.path"', doc = "The trait that `first` looks at." },
      { name = "first", form = "{ { matcher, value = points }, .. }",
        doc = "Rows tried in order; the first that matches gives its value. End with { any, value = .. } to name the "
          .. "rest." },
    },
    example = [[
rule "pricing_page" {
  doc    = "Looked at prices",
  group  = "web",
  on     = page { path = glob "/pricing*" },
  points = { engagement = 15 },
  limit  = { times = 3, per = "7d" },
  decay  = half_life "30d",
}]],
  },
  {
    name = "reset", kind = "noun", form = 'reset "ID" { .. }',
    doc = "Cuts what dimensions hold so far: every earlier contribution is multiplied by `keep` from that instant "
      .. "on. Use it where points should be gone; negative points only hide in a clamp.",
    fields = {
      { name = "doc", form = '"text"', doc = "Why; shown in explanations." },
      { name = "on", form = "selector", doc = "The event that cuts. Either this or when." },
      { name = "when", form = "condition", doc = "Cuts at the instant this becomes true." },
      { name = "dimensions", form = '{ "NAME", .. }', doc = "Which dimensions are cut. Required." },
      { name = "keep", form = "0.5", doc = "The share that stays: from 0, the default, to below 1." },
    },
    example = 'reset "silent" { when = idle "30d", dimensions = { "engagement" }, keep = 0.5 }',
  },
  {
    name = "ignore", kind = "noun", form = 'ignore "ID" { .. }',
    doc = "Takes staff, bots and tests out. With `on` such events are kept in the journal and otherwise do nothing; "
      .. "with `when` such leads have no score, no stage and stand in no list or count.",
    fields = {
      { name = "doc", form = '"text"', doc = "Who or what this is." },
      { name = "on", form = "selector", doc = "Events to ignore. Either this or when." },
      { name = "when", form = "condition", doc = "Leads to ignore, judged on their traits." },
    },
    example = 'ignore "own_staff" { doc = "Us", when = trait { email_domain = listed "own_domains" } }',
  },
  {
    name = "activity", kind = "noun", form = "activity { selector, .. }",
    doc = "What counts as activity of the lead: it breaks a silence (idle) and moves last activity. Without it every "
      .. "event does. Declared once.",
    example = 'activity { page {}, track(none_of { "Email Sent", "Email Delivered" }) }',
  },
  {
    name = "content", kind = "noun", form = "content { selector, .. }",
    doc = "What counts as content: the last ten of them are told to whoever takes the lead over, with page and title, "
      .. "or with the event's name and what it names (title, name, asset, webinar, file). Without it pages and screens "
      .. "are. Declared once.",
    example = 'content { page {}, track(one_of { "Content Downloaded", "Webinar Attended" }) }',
  },
  {
    name = "profile", kind = "noun", form = "profile { .. }",
    doc = "Which traits make a complete profile; completeness is a percentage of their weights. Declared once.",
    fields = {
      { name = "required", form = '{ "trait", .. }', doc = "Traits that weigh 5 each." },
      { name = "optional", form = "{ trait = weight, .. }", doc = "Traits that weigh what is written, 1 to 100." },
      { name = "valid", form = "{ trait = matcher, .. }",
        doc = "What a value must be to count; without it, being present is enough." },
    },
    example = 'profile { required = { "first_name", "email" }, optional = { phone = 2 } }',
  },
  {
    name = "identity", kind = "noun", form = "identity { .. }",
    doc = "When two identifiers are one person beyond what events say. Declared once.",
    fields = {
      { name = "email", form = '"merge"',
        doc = "Leads with the same e-mail address (case folded) are one; without it they stay apart." },
      { name = "never", form = "matcher",
        doc = "E-mail addresses that are nobody's own, such as info@: they never merge." },
    },
    example = 'identity { email = "merge", never = listed "shared_mailboxes" }',
  },
  {
    name = "accounts", kind = "noun", form = "accounts { .. }",
    doc = "Whose company a lead is of when no event says so, and whose are no new business. Companies are known by "
      .. "group calls, say from a CRM. Declared once.",
    fields = {
      { name = "doc", form = '"text"', doc = "What it means." },
      { name = "domains", form = '{ "trait", .. }',
        doc = "Traits of accounts that hold their domains, one or a list, as names or addresses of pages. A lead "
          .. "without an account is of the one that claims the domain of its e-mail address, or of its company; one "
          .. "whose account is new business is of the existing one that claims it." },
      { name = "never", form = "matcher", doc = "Domains that are no company's: free mail." },
      { name = "existing", form = "condition",
        doc = "Who is no new business: customers, partners, open deals. What is decided of them is in no figure." },
      { name = "owner", form = '"trait"', doc = "The trait of accounts that says whose they are, for assign." },
    },
    example = 'accounts { domains = { "domain", "website" }, never = listed "freemail", '
      .. 'existing = account { customer = true }, owner = "owner" }',
  },
  {
    name = "directory", kind = "noun", form = 'directory "PATH" { .. }',
    doc = "What may be declared below a directory of rules, so that marketing and sales each write in their own: "
      .. "anything else there is an error, and the rules do not load. It binds subdirectories and YAML as well, and "
      .. "must itself stand outside of it. Who may write in a directory is for the file system or the repository to "
      .. "say. At most 64.",
    fields = {
      { name = "doc", form = '"text"', doc = "Whose it is." },
      { name = "may", form = '{ "rule", "segment", .. }',
        doc = "The words that declarations there may begin with. Required." },
    },
    example = 'directory "marketing" { doc = "Campaigns", may = { "rule", "segment" } }',
  },
  {
    name = "segment", kind = "noun", form = 'segment "NAME" { .. }',
    doc = "A name for a kind of lead: for lists, for lifecycles of their own (who), and for conditions that say "
      .. "in_segment. A lead joins and leaves it by itself, at the exact instant. At most 64.",
    fields = {
      { name = "doc", form = '"text"', doc = "What it means; shown with it." },
      { name = "when", form = "condition",
        doc = "Who is in it. It may name other segments, but not in a circle. Required." },
    },
    example = 'segment "small" { doc = "Small companies", when = trait { ["company.employees"] = below(50) } }',
  },
}
