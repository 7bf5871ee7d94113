local effect = {
  type = "lead.qualified", timestamp = "2026-03-02T09:00:00Z",
  data = { sequence = 3, lead = { id = "u-1", kind = "user" }, standing = { stage = "mql", scores = { fit = 40 } } },
}

test "webhook sends the fields that are named" (function(t)
  t:expect {
    renders = {
      {
        plugin = "webhook", effect = effect, options = { fields = { stage = "standing.stage", fit = "standing.scores.fit" } },
        request = {
          body = { type = "lead.qualified", data = { sequence = 3, stage = "mql", fit = 40, standing = missing } },
        },
      },
      {
        plugin = "webhook", effect = effect,
        request = { body = { timestamp = "2026-03-02T09:00:00Z", data = { standing = { stage = "mql" } } } },
      },
    },
  }
end)

test "webhook makes CloudEvents" (function(t)
  t:expect {
    renders = {
      {
        plugin = "webhook", effect = effect, options = { format = "cloudevents", source = "/sales" },
        request = {
          headers = { ["content-type"] = "application/cloudevents+json" },
          body = {
            specversion = "1.0", id = "msg_test", source = "/sales", type = "lead.qualified", subject = "u-1",
            time = "2026-03-02T09:00:00Z", data = { standing = { stage = "mql" } },
          },
        },
      },
    },
  }
end)
