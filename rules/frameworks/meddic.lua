-- MEDDIC: metrics, economic buyer, decision criteria, decision process, identify pain, champion. For long cycles with many people:
-- each criterion is graded 0 (none) to 3 (strong) and met from 2 on, and what any of the account's people says counts for the account.
-- Nothing waits for it until a gate of yours says so: gate "meddic" { into = { "opportunity" }, need = qualified "meddic" }.
framework "meddic" {
  doc = "Metrics, economic buyer, decision criteria, decision process, pain, champion: for long cycles",
  of = "account",

  criterion "metrics" {
    ask = "Which number must change, from what to what?",
    doc = "0 none, 1 a wish, 2 a number of theirs, 3 a number the economic buyer has confirmed",
    value = "grade", weight = 3, expires = "180d",
  },
  criterion "economic_buyer" {
    ask = "Who can spend money that nobody planned for this?",
    doc = "0 not known, 1 named, 2 met, 3 supports it",
    value = "grade", weight = 3, expires = "180d",
  },
  criterion "decision_criteria" {
    ask = "By what will they compare the offers?",
    doc = "0 not known, 1 guessed, 2 told, 3 written down, and shaped by us",
    value = "grade", weight = 2, expires = "180d",
  },
  criterion "decision_process" {
    ask = "Which steps lead to a signature, and when?",
    doc = "0 not known, 1 some, 2 all with names, 3 all with dates",
    value = "grade", weight = 2, expires = "90d",
  },
  criterion "identify_pain" {
    ask = "What does the problem cost, and who feels it?",
    doc = "0 none, 1 mentioned, 2 described by those who have it, 3 the buyer says what it costs",
    value = "grade", weight = 3, expires = "365d",
  },
  criterion "champion" {
    ask = "Who sells for us when we are not in the room?",
    doc = "0 nobody, 1 somebody friendly, 2 somebody with something to win, 3 tested: did what we asked",
    value = "grade", weight = 3, expires = "90d",
  },

  -- A pain and a champion, and of the weight (16) three quarters, counted by grades.
  qualified = { must = { "identify_pain", "champion" }, total = at_least(12) },
}
