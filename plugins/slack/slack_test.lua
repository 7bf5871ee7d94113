local effect = {
  type = "lead.qualified", timestamp = "2026-03-02T09:00:00Z",
  data = {
    sequence = 3, lead = { id = "u-1", kind = "user" }, decision = { from = "lead", to = "mql" },
    profile = { name = "Ana <Admin>", email = "ana@acme.example", company = "Acme & Sons" },
    standing = { grade = "A1", scores = { fit = 40, intent = 55 } },
    brief = { reasons = "Asked for a demo +40" }, url = "https://embudo.example/v1/leads/u-1/explain",
  },
}

test "slack says who, what and why" (function(t)
  t:expect {
    renders = {
      {
        plugin = "slack", effect = effect,
        request = {
          url = missing,
          body = {
            text = "*Ana &lt;Admin&gt; (ana@acme.example), Acme &amp; Sons*: lead → *mql*\ngrade A1 · fit 40 · intent 55\n"
              .. "Asked for a demo +40\n<https://embudo.example/v1/leads/u-1/explain|Why, in full>",
          },
        },
      },
    },
  }
end)

test "slack's API takes a token and a channel" (function(t)
  t:expect {
    renders = {
      {
        plugin = "slack", options = { token = { secret = "SLACK_TOKEN" }, channel = "#sales" },
        effect = { type = "lead.asked", data = { lead = { id = "u-2" } } },
        request = {
          url = "https://slack.com/api/chat.postMessage",
          headers = { authorization = { "Bearer ", { secret = "SLACK_TOKEN" } } },
          body = { channel = "#sales", text = "*u-2*: lead.asked" },
        },
      },
    },
  }
end)

test "slack says when a message no longer holds" (function(t)
  t:expect {
    renders = {
      {
        plugin = "slack", request = { body = { text = contains "no longer holds" } },
        effect = { type = "lead.stage_corrected", data = { lead = { id = "u-2" }, corrects = "msg_1", decision = { to = "mql" } } },
      },
    },
  }
end)

test "slack says which clock has run out, and whom that is for" (function(t)
  local clock = { what = "breached", sla = "first_touch", due_at = "2026-03-02T10:00:00Z", escalate = "sales_manager" }
  t:expect {
    renders = {
      {
        plugin = "slack", effect = { type = "lead.late", data = { lead = { id = "u-2" }, clock = clock } },
        request = { body = { text = "*u-2*: first_touch *breached*, due 2026-03-02T10:00:00Z, for sales_manager" } },
      },
      {
        plugin = "slack", effect = { type = "lead.late", data = { lead = { id = "u-2" }, clock = { what = "warned", sla = "first_touch" } } },
        request = { body = { text = "*u-2*: first_touch *warned*" } },
      },
    },
  }
end)

test "slack says who did what" (function(t)
  t:expect {
    renders = {
      {
        plugin = "slack", effect = { type = "lead.won", data = { lead = { id = "u-2" }, event = { act = "win", actor = "maria" } } },
        request = { body = { text = "*u-2*: *win* by maria" } },
      },
    },
  }
end)

test "slack's refusals are not taken for success" (function(t)
  t:expect {
    accepts = {
      { plugin = "slack", body = "ok", is = true },
      { plugin = "slack", body = "no_service", is = "no_service" },
      { plugin = "slack", body = { ok = true }, is = true },
      { plugin = "slack", body = { ok = false, error = "channel_not_found" }, is = "channel_not_found" },
    },
  }
end)
