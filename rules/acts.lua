-- What people do about a lead beside moving it. Notes are private: no report, export or explanation shows them.
local sales, both = "sales", { "sales", "marketing" }

acts {
  log_call = {
    doc = "Dialled, and what came of it",
    by = both,
    asks = { outcome = one_of { "dial", "no_answer", "voicemail", "connect", "interested" } },
    private = { "note" },
  },
  log_meeting = { doc = "Met, in person or not", by = both, private = { "note" } },
  consent = { doc = "They agree to go on", by = sales },
  answer = { doc = "An answer to a question of qualification", by = both, private = { "note" } },
  assign = { doc = "Somebody's lead from now on", by = both, asks = { "owner" }, sets = { "owner" } },
  note = { doc = "Something to remember", by = both, asks = { "note" }, private = { "note" } },
  accept = { doc = "Sales takes the lead on", sets = { "phone", "budget", "authority", "need", "timeline" } },
  qualify = { doc = "The need is confirmed", sets = { "need" } },
  open = { doc = "There is a deal to win", sets = { "amount", "metric", "solution", "close_date", "next_step" } },
  win = { doc = "The deal is won", sets = { "amount" } },
}
