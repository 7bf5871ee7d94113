/* read_word.c - words in the wrong place: every word of the notation belongs to one class, and a message that says which mends the
 * mistake faster than "unknown". */
#include "notation/compile_private.h"

struct word_class {
  const char *class;
  const char *hint;
  const char *words[28];
};

static const struct word_class classes[] = {
    {"an event selector",
     "an event that happened is tested with seen(selector, { within = \"7d\" }); `on` waits for one",
     {"page", "screen", "track", "identify", "group_call", "act", "any_event", "visit", "entered", "warned",
      "breached", "sequence", NULL}},
    {"a condition about the lead",
     "conditions stand in `when`, `counts_while`, `need` and `who`",
     {"trait",    "score", "grade_is",     "stage",    "seen",       "known",   "completeness",
      "velocity", "idle",  "in_stage_for", "interest", "in_segment", "account", "qualified",
      "met",      "unmet", "total",        "cycle",    "verdict",    NULL}},
    {"a matcher",
     "matchers test one field: trait { field = matcher }, page { path = matcher }",
     {"one_of", "none_of",  "at_least", "at_most", "above",   "below",  "between", "starts",
      "ends",   "contains", "glob",     "word",    "matches", "listed", "cidr",    "past",
      "ahead",  "present",  "missing",  "any",     "some",    "every",  NULL}},
    {"a part of a sequence",
     "it stands inside sequence { .. }; for so many events write seen(selector, { times = 3 })",
     {"times", NULL}},
    {"a part of a sequence",
     "it stands inside sequence { .. }; that none came is ~seen(selector, { within = \"7d\" })",
     {"no", NULL}},
    {"a kind of decay", "it stands in `decay`", {"half_life", "linear", "step", NULL}},
    {"a value of the settings",
     "it stands where a request is described: secrets, headers, url",
     {"secret", "hmac", NULL}},
    {"a part of a lifecycle", "it stands inside lifecycle \"name\" { .. }", {"move", "gate", NULL}},
    {"a part of a framework", "it stands inside framework \"name\" { .. }", {"criterion", NULL}},
};

static const struct word_class *class_of(struct str word) {
  for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
    for (const char *const *w = classes[i].words; *w; w++) {
      if (str_eq(word, str_of(*w))) return &classes[i];
    }
  }
  return NULL;
}

/* The word a node leads with: a call's name, or the only key of a YAML mapping. */
static struct str leading_word(const struct node *node) {
  if (node->kind == NODE_CALL) return node->call.name;
  bool single = node->kind == NODE_TABLE && node->table.pair_count == 1 && node->table.item_count == 0;
  return single ? node->table.pairs[0].key : (struct str){0};
}

void read_unknown_word(struct compile *c, const struct node *node, const char *what, const char *wanted,
                       const char *const *words) {
  struct str word = leading_word(node);
  const struct word_class *class = class_of(word);
  if (word.len == 0) {
    FAULT(c, "wrong_kind", node->place, NULL, "%s must be %s, got %s: %s", what, wanted, node_kind_word(node),
          read_described(c, node));
  } else if (class) {
    FAULT(c, "wrong_word", node->place, class->hint, "%s must be %s, but '%.*s' is %s", what, wanted,
          STR_ARG(word), class->class);
  } else {
    FAULT(c, "unknown_word", node->place, problem_hint(c->problems, word, words),
          "%s must be %s, and '%.*s' is none", what, wanted, STR_ARG(word));
  }
}
