local effect = {
  type = "lead.qualified", timestamp = "2026-03-02T09:00:00Z",
  data = { sequence = 3, lead = { id = "u-1", kind = "user" }, standing = { stage = "mql", grade = "A1", scores = { fit = 40 } } },
}

test "ndjson-file writes flat lines" (function(t)
  t:expect {
    renders = {
      {
        plugin = "ndjson-file", effect = effect,
        request = { body = { id = "msg_test", type = "lead.qualified", lead = "u-1", sequence = 3, stage = "mql", grade = "A1" } },
      },
      {
        plugin = "ndjson-file", effect = effect, options = { fields = { fit = "standing.scores.fit" } },
        request = { body = { at = "2026-03-02T09:00:00Z", fit = 40, stage = missing } },
      },
    },
  }
end)
