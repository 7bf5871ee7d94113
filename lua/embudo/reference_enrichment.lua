-- Enrichment: asking the world for what is not known of a lead.
return {
  {
    name = "enricher", kind = "noun", form = 'enricher "NAME" { .. }',
    doc = "A script that asks another service for traits. It is run when the traits it needs are known, its `when` "
      .. "holds and it could tell something that is missing or has expired; equal questions are asked once and their "
      .. "answer is kept for `ttl`. Until the answer comes those traits are unknown, and scores are shown as the range "
      .. "they can still take. Answers are events: a replay asks nobody. At most 64.",
    fields = {
      { name = "doc", form = '"text"', doc = "What it finds out, and from whom." },
      { name = "needs", form = '{ "trait", .. }',
        doc = "The traits it asks with, and the only ones it sees: leads with the same values share an answer. "
          .. "Required." },
      { name = "gives", form = '{ "trait", .. }', doc = "The traits it may tell; dots walk objects. Required." },
      { name = "when", form = "condition", doc = "Whom to ask for; everybody when it is not said." },
      { name = "ttl", form = '"90d"', doc = "How long an answer counts, to the millisecond; without it 30 days." },
      { name = "negative_ttl", form = '"1d"',
        doc = "How long before it is asked again when there was nothing to know or it could not be asked; without it "
          .. "a day, or `ttl` if that is less." },
      { name = "timeout", form = '"3s"',
        doc = "For one run with all its calls, at most a minute; without it 10s. A call also has the bounds of "
          .. "outbound in the settings." },
      { name = "deadline", form = '"30s"',
        doc = "How long decisions wait for its answer, from the instant at which it could first be asked; at most a "
          .. "day, without it 30s or `timeout` if that is more. Afterwards what it gives counts as missing; it is "
          .. "still tried as often as `retries` says." },
      { name = "rate", form = '"5/s"',
        doc = "Runs in a second, minute (m), hour (h) or day (d) at most, over restarts." },
      { name = "budget", form = '"200/d"',
        doc = "Runs that may be paid for in a minute, hour or day that begins with the clock's (UTC); beyond it leads "
          .. "wait for the next. A restart does not forget what was spent." },
      { name = "concurrency", form = "8", doc = "Runs at once, 1 to 64; without it 8." },
      { name = "retries", form = "3",
        doc = "How often a run is tried again that failed for a reason that passes: 0 to 10; without it 3. Ever longer "
          .. "pauses with a part by chance, at least as long as Retry-After says." },
      { name = "run", form = "function(lead, http, dns, lookup) .. end",
        doc = "Asks, and returns { trait = value, .. } of what it gives, or `nothing`. Straight lines: each call waits "
          .. "for its answer. Required." },
    },
    example = [[
enricher "company" {
  doc = "Size and industry, by the e-mail's domain",
  needs = { "email_domain" }, gives = { "company.employees", "company.industry" },
  ttl = "90d", rate = "5/s", budget = "200/d",
  run = function(lead, http)
    local answer, err = http.get("https://api.example/companies/" .. lead.traits.email_domain,
      { auth = secret "COMPANY_KEY" })
    if not answer then error(err) end
    if answer.status == 404 then return nothing end
    return { ["company.employees"] = answer.json.employees, ["company.industry"] = answer.json.industry }
  end,
}]],
  },
  {
    name = "sources", kind = "noun", form = 'sources { "person", .. }',
    doc = "Whose word counts when they disagree about a trait, first the one that counts most; among equals the "
      .. "newest. "
      .. "Names are those that events are filed under, \"person\" for what people enter in embudo and \"enricher\" for "
      .. "answers. Sources that are not named come after those that are, enrichers after all others. Declared once.",
    example = 'sources { "person", "crm", "enricher" }',
  },
  {
    name = "nothing", kind = "answer", arity = 0, form = "nothing",
    doc = "What an enricher returns when there is nothing to know: it is not asked again for negative_ttl.",
    example = "return nothing",
  },
  {
    name = "http.get", kind = "call", form = "http.get(url, { headers, auth, query, timeout })",
    doc = "Asks and waits. Gives an answer with status, body (a text), json (nil when the body is none) and headers "
      .. "(names in lower case); or nil and an error with code (denied, unresolved, unreachable, tls, timeout, reset, "
      .. "too_large, malformed, invalid, busy) and message. Redirects are not followed. `auth` is secret "
        .. "\"NAME\", sent "
      .. "as a bearer token; a header may be a text, a secret, or a list of both that is joined; `query` is a table of "
      .. "parameters, escaped.",
    example = 'local answer, err = http.get("https://api.example/x", { auth = secret "KEY", query = { q = "a b" } })',
  },
  {
    name = "http.post", kind = "call", form = "http.post(url, { json, body, headers, auth, query, timeout })",
    doc = "The same with a body: `json` is a table or value that is sent as JSON, `body` a text.",
    example = 'local answer, err = http.post("https://api.example/x", { json = { domain = "acme.example" } })',
  },
  {
    name = "dns.mx", kind = "call", form = "dns.mx(name) | dns.a(name) | dns.aaaa(name) | dns.txt(name)",
    doc = "Asks the name servers and waits. A list: of { host, priority } by priority, of addresses, of texts; empty "
      .. "when the name has no such records; or nil and an error with code (not_found, timeout, refused, malformed, "
      .. "invalid, busy).",
    example = 'local hosts, err = dns.mx("acme.example")',
  },
  {
    name = "lookup.list", kind = "call", form = 'lookup.list("NAME", text)',
    doc = "Whether lists/NAME.txt holds the text, as listed \"NAME\" tells.",
    example = 'if lookup.list("freemail", domain) then return nothing end',
  },
  {
    name = "lookup.csv", kind = "call", form = 'lookup.csv("NAME", key)',
    doc = "The row of lists/NAME.csv whose first column is the key (letters' case does not matter), as a table "
      .. "of texts "
      .. "by the names in its first line; nil when there is none.",
    example = 'local row = lookup.csv("companies", lead.traits.email_domain)',
  },
  {
    name = "lookup.mmdb", kind = "call", form = 'lookup.mmdb("NAME", address)',
    doc = "What a database of IP addresses in MaxMind's format says of one, lists/NAME.mmdb: a table as the database "
      .. "has it, or nil. The file is read when it is first asked (by a daemon before) and anew when it has changed; "
      .. "it is no part of the "
      .. "ruleset.",
    example = 'local place = lookup.mmdb("geoip", lead.traits.ip)',
  },
  {
    name = "lookup.address", kind = "call", form = "lookup.address(text)",
    doc = "An IP address: { text = as it is usually written, version = 4 or 6, public = whether it is of the public "
      .. "internet and neither private nor reserved }; nil when the text is none.",
    example = "local address = lookup.address(lead.traits.ip)",
  },
  {
    name = "lookup.domain", kind = "call", form = "lookup.domain(host)",
    doc = "The domain that somebody registered, by the public suffix list: acme.co.uk of mail.acme.co.uk; nil for a "
      .. "public suffix itself, an address, or no name.",
    example = 'lookup.domain("mail.acme.co.uk")',
  },
}
