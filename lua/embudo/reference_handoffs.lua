-- Hand-offs: what leaves embudo, and where to.
return {
  {
    name = "effect", kind = "noun", form = 'effect "NAME" { .. }',
    doc = "Tells others what happened to a lead: it is written down together with the decision it follows from, and "
      .. "then delivered at least once. Only what happens live has effects: no imported history, no rebuilding, no "
      .. "change of rules unless it is released. At most 256.",
    fields = {
      { name = "doc", form = '"text"', doc = "What it is for." },
      { name = "on", form = 'entered "stage" | selector',
        doc = "What happens: a stage that is entered (once for each way into it and cycle), an event or an act (once "
          .. "for each), a clock that is warned or breached (once). Required." },
      { name = "when", form = "condition | function(lead)",
        doc = "Beside `on`: judged when it happens, with the event counted already." },
      { name = "to", form = '"NAME" | { "NAME", .. }',
        doc = "The destinations; each gets a message of its own. Required." },
      { name = "type", form = '"lead.qualified"',
        doc = "What receivers tell messages apart by; letters, digits and _, dots between. Without it \"lead.\" and "
          .. "the effect's name." },
      { name = "data", form = "{ name = value, .. } | function(lead, event) .. end",
        doc = "What is told besides, under these names in the message's `data`. `event` is there where `on` is an "
          .. "event." },
      { name = "handoff", form = "true",
        doc = "Adds what a person needs to take over: profile, scores, the explanation, the brief, and a link." },
    },
    example = 'effect "hot" { on = entered "mql", to = "desk", type = "lead.qualified", handoff = true }',
  },
  {
    name = "destination", kind = "noun", form = 'destination "NAME" { .. }',
    doc = "Where messages go. Without `render` or `plugin` it gets the message itself as JSON, signed as Standard "
      .. "Webhooks 1.0.0 has it. At most 64. The settings may say another `url` for it, and they alone say whether "
      .. "addresses that are not public may be reached.",
    fields = {
      { name = "doc", form = '"text"', doc = "What is there." },
      { name = "url", form = '"https://.." | secret "NAME" | { .. }',
        doc = "Where it is: a text, a secret, or a list of both that is joined." },
      { name = "file", form = '"NAME.ndjson"',
        doc = "Instead: each message is a line of that file, in outbox/ of the data directory." },
      { name = "plugin", form = '"NAME"', doc = "The renderer that says how this place wants to be asked." },
      { name = "secrets", form = 'secret "NAME" | { secret "NEW", secret "OLD" }',
        doc = "What messages are signed with. While receivers change over, with both. None: they are not signed." },
      { name = "headers", form = "{ name = text, .. }",
        doc = "Of each request, names in lower case: a text, a secret, or a list of both that is joined." },
      { name = "events", form = '"type" | { "type", .. } | matcher', doc = "The types it wants; without it all." },
      { name = "options", form = "{ name = value, .. }", doc = "What the renderer reads as effect.options." },
      { name = "concurrency", form = "number", doc = "Requests at once, 1 to 64; without it 8." },
      { name = "rate", form = '"10/s"', doc = "Requests in a second, minute (m), hour (h) or day (d) at most." },
      { name = "timeout", form = '"15s"', doc = "For a whole request; at most a minute." },
      { name = "schedule", form = '{ "5s", "5m", .. }',
        doc = "How long after each failure the next attempt comes, up to a fifth more by chance; after the last the "
          .. "message is parked. Without it 5s, 5m, 30m, 2h, 5h, 10h, 10h. {} tries once." },
      { name = "render", form = "function(effect) .. end",
        doc = "What is sent, as for a renderer." },
      { name = "accepts", form = "function(answer) .. end",
        doc = "Whether a 2xx answer means yes, as for a renderer." },
      { name = "refusals", form = "{ 400, 422 }",
        doc = "Statuses of answers that mean never: the message is parked at once, with the answer, instead of being "
          .. "tried again. Of 400 to 499; 408, 425 and 429 pass, 410 disables the destination." },
    },
    example = [[
destination "crm" {
  doc = "The customer system", url = "https://crm.example.com/hooks/embudo", secrets = secret "CRM_HOOK",
}]],
  },
  {
    name = "renderer", kind = "noun", form = 'renderer "NAME" { .. }',
    doc = "How a kind of place wants to be asked, for destinations that name it as their plugin. Rendered once, before "
      .. "the first attempt: every attempt sends the same bytes.",
    fields = {
      { name = "doc", form = '"text"', doc = "What it is for." },
      { name = "url", form = '"https://.."', doc = "Where it is, unless the destination says." },
      { name = "headers", form = "{ name = text, .. }", doc = "As a destination's." },
      { name = "render", form = "function(effect) .. end",
        doc = "Gets the message (id, type, timestamp, data) with the destination's options. Returns { body = text or "
          .. "table, method = \"POST\", path = \"/below/the/url\", url = \"https://..\", headers = { .. } }, all but "
          .. "one may be absent; nil: there is nothing to tell. Pure, and bounded like every function. Required." },
      { name = "accepts", form = "function(answer) .. end",
        doc = "Gets status, text and json of a 2xx answer. Returns true, or why it means no: then the message is "
          .. "tried again; { refused = \"why\" }: then it is parked at once." },
      { name = "refusals", form = "{ 400, 422 }", doc = "As a destination's." },
    },
    example = [[
renderer "chat" {
  render = function(effect)
    return { body = { text = effect.data.lead.id .. " is ready" } }
  end,
}]],
  },
  {
    name = "receiver", kind = "noun", form = 'receiver "NAME" { .. }',
    doc = "What another system may tell about leads, at POST /v1/inbound/NAME: its messages become events, filed under "
      .. "the receiver's name as their source, and acts that somebody made over there. A message that carries the id "
      .. "of one that embudo had sent there is embudo's own doing, and is passed over.",
    fields = {
      { name = "doc", form = '"text"', doc = "Who sends." },
      { name = "secrets", form = 'secret "NAME" | { secret "NEW", secret "OLD" }',
        doc = "What requests are signed with. Required." },
      { name = "signed", form = '"hubspot"',
        doc = "How they are: as Standard Webhooks has it (\"standard\", the usual), or as HubSpot does "
          .. "(X-HubSpot-Signature-v3), where the secret is the app's and `public_url` of the settings what it "
          .. "calls." },
      { name = "header", form = '"x-shared-secret"', doc = "Instead: the header that holds the secret itself." },
      { name = "by", form = '"sales" | { "sales", "marketing" }',
        doc = "The roles that its acts are made in. Without it it can say events only." },
      { name = "of", form = '"DESTINATION"',
        doc = "The destination that leads to the same system, so that values which embudo sent there are known "
          .. "again." },
      { name = "map", form = "function(payload) .. end",
        doc = "Gets the message's JSON, returns a list, or nil when it means nothing. In it, events as clients send "
          .. "them ({ type = \"track\", event = \"Deal Won\", userId = .. }), and acts: { act = \"accept\", lead = any "
          .. "of its ids or addresses, actor = who (else the receiver's name), and what acts have: role, to, reason, "
          .. "properties, traits .. }. An act with `same` ({ field = value }) is passed over where embudo sent this "
          .. "field with this value in the last day. Required." },
    },
    example = [[
receiver "crm" {
  secrets = secret "CRM_CALLBACK", by = "sales",
  map = function(payload)
    if payload.owner then
      return { { act = "assign", lead = payload.email, actor = payload.user, properties = { owner = payload.owner } } }
    end
    return { { type = "track", event = "Deal " .. payload.state, userId = payload.contact } }
  end,
}]],
  },
  {
    name = "secret", kind = "secret", arity = { 1, 1 }, form = 'secret "NAME"',
    doc = "A value of the settings' `secrets:` that a rule file may use and never see: it is put in place when a "
      .. "request is sent. A name is letters, digits and _. It is no text: it cannot be joined, compared, printed or "
      .. "put into a body, and stands in no log, journal or answer.",
    example = 'headers = { authorization = { "Bearer ", secret "CRM_TOKEN" } }',
  },
  {
    name = "hmac", kind = "secret", arity = { 2, 3 }, form = 'hmac(secret "NAME", text, "hex" | "base64")',
    doc = "The HMAC-SHA-256 of a text with a secret as its key, for services that want calls signed: in a header, auth "
      .. "or query of an enricher's call, or in what a renderer returns. In hex without a third argument. Like the "
      .. "secret it is made when the request is sent and cannot be read. Outside enrichers take the secret from the "
      .. "options, or name it outside of the function.",
    example = 'headers = { ["x-signature"] = { "sha256=", hmac(secret "CRM_KEY", "embudo") } }',
  },
}
