-- Lua 5.4 everywhere; the words of the rule notation are globals in rule files only, whose lines may be longer: a rule
-- reads best as a sentence.
std = "lua54"
max_line_length = 120
self = false
exclude_files = { "tests/fault/scripts", "tests/golden/mistakes" } -- hostile, and wrong, on purpose

-- What a rule file may say (docs: `embudo help`). Nouns declare, phrases test.
local notation = {
  -- declarations
  "accounts", "activity", "content", "dimension", "directory", "grade", "group", "identity", "ignore",
  "lifecycle", "profile", "reset", "rule", "sources",
  "gate", "move", "property", "test",
  "act", "assign", "calendar", "criterion", "enricher", "framework", "segment", "sla", "worklist",
  -- event selectors
  "any_event", "entered", "warned", "breached", "group_call", "identify", "page", "screen", "sequence", "track", "visit", "no", "times",
  -- matchers
  "above", "ahead", "any", "at_least", "at_most", "below", "between", "cidr", "contains", "ends", "every", "glob",
  "listed", "matches", "missing", "none_of", "one_of", "past", "present", "some", "starts", "word",
  -- conditions
  "account", "act", "acts", "contact", "cycle", "verdict",
  "completeness", "grade_is", "idle", "in_segment", "in_stage_for", "interest", "known", "people",
  "met", "qualified", "score", "seen", "stage", "total", "trait", "unmet", "velocity",
  -- points and decay
  "half_life", "linear", "step", "top",
  -- enrichment and effects
  "destination", "effect", "nothing", "receiver", "renderer", "secret",
}

for _, tree in ipairs { "rules", "examples", "plugins", "tests/bench", "tests/e2e", "tests/fault/daemon", "tests/golden", "tests/lua" } do
  files[tree] = { read_globals = notation, max_line_length = 160, unused_args = false }
end

-- What `embudo new` writes: __x__ is filled in.
files["lua/embudo/templates"] = { read_globals = notation }
files["lua/embudo/templates/rule.lua"] = { read_globals = { "__group__", "__points__" } }
