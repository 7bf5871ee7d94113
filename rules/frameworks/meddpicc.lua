-- MEDDPICC: MEDDIC, the paper process (contracts, security, purchasing) and the competition. Grades as in meddic.lua.
framework "meddpicc" {
  doc = "MEDDIC with the paper process and the competition: for large contracts",
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
  criterion "paper_process" {
    ask = "Which papers must be signed by whom, and how long does that take?",
    doc = "0 not known, 1 guessed, 2 told by those who do it, 3 under way",
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
  criterion "competition" {
    ask = "Who else is asked, and what speaks for them?",
    doc = "0 not known, 1 named, 2 their strengths are known, 3 we are ahead, by their own word",
    value = "grade", weight = 2, expires = "90d",
  },

  qualified = { must = { "identify_pain", "champion", "economic_buyer" }, total = at_least(14), completeness = at_least(90) },
}
