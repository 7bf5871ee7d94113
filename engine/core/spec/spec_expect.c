/* spec_expect.c - what a test expects against what a fold says. */
#include "core/spec/spec_private.h"

#include "notation/compile.h"
#include <math.h>

static const char *const expect_fields[] = {
    "stage",        "stages",  "scores",        "grade",    "points",  "holds",   "not_holds", "interest",
    "completeness", "ignored", "traits",        "segments", "why",     "why_not", "fails",     "clocks",
    "worklists",    "owner",   "bands",         "effects",  "request", "accepts", "renders",   "qualified",
    "criteria",     "totals",  "next_question", "cycle",    NULL};

/* --- one value ---------------------------------------------------------------------------------------------------- */

static void miss_value(struct spec *spec, const char *label, const struct node *expected,
                       struct value actual) {
  struct buf text;
  struct json_writer writer;
  buf_init(&text);
  node_describe(expected, &text);
  buf_add_text(&text, ", got ");
  json_writer_init(&writer, &text);
  if (actual.kind == VALUE_MISSING)
    buf_add_text(&text, "nothing");
  else
    json_put_value(&writer, actual);
  spec_miss(spec, "%s: expected %s", label, text.data);
  buf_release(&text);
}

static void miss_problems(struct spec *spec, const char *label, size_t from) {
  for (size_t i = from; i < spec->problems.count; i++) {
    const struct problem *problem = &spec->problems.items[i];
    spec_miss(spec, "%s: %s%s%s", label, problem->text, problem->hint[0] ? "; " : "", problem->hint);
  }
}

static void check_matcher(struct spec *spec, const char *label, const struct node *expected,
                          struct value actual) {
  struct ruleset *owner;
  size_t before = spec->problems.count;
  const struct matcher *matcher = notation_matcher(expected, label, &owner, &spec->problems);
  if (!matcher)
    miss_problems(spec, label, before);
  else if (matcher_eval(matcher, actual, spec->now_ms) != TRUTH_YES)
    miss_value(spec, label, expected, actual);
  ruleset_free(owner);
}

static bool same_number(double expected, double actual) {
  return fabs(expected) < 1e12 && fabs(actual) < 1e12 ? llround(expected * 1000) == llround(actual * 1000)
                                                      : expected == actual;
}

void spec_check_value(struct spec *spec, const char *label, const struct node *expected,
                      struct value actual) {
  struct value wanted;
  struct err err;
  if (expected->kind == NODE_CALL) {
    check_matcher(spec, label, expected, actual);
  } else if (spec_value(spec, expected, &wanted, &err)) {
    spec_miss(spec, "%s: %s", label, err.text);
  } else {
    bool numbers = wanted.kind == VALUE_NUMBER && actual.kind == VALUE_NUMBER;
    bool same = numbers ? same_number(wanted.number, actual.number) : value_eq(wanted, actual);
    if (!same) miss_value(spec, label, expected, actual);
  }
}

static void check_milli(struct spec *spec, const char *label, const struct node *expected, int64_t milli) {
  spec_check_value(spec, label, expected, value_number((double)milli / (double)MILLI));
}

static struct value text_value(const char *text) {
  return text && text[0] ? value_str(str_of(text)) : VALUE_NONE;
}

/* --- names -------------------------------------------------------------------------------------------------------- */

static void miss_name(struct spec *spec, const char *label, const char *kind, const char *const *words,
                      struct str name) {
  spec_miss(spec, "%s: there is no %s '%.*s'; %s", label, kind, STR_ARG(name),
            problem_hint(&spec->problems, name, words));
}

static int find_rule(struct spec *spec, const char *label, struct str id) {
  const struct ruleset *rules = spec->generation->rules;
  int rule = ruleset_rule(rules, id);
  if (rule != NONE) return rule;
  const char **words = arena_zalloc(&spec->arena, (rules->rule_count + 1) * sizeof *words);
  for (uint32_t i = 0; i < rules->rule_count; i++) words[i] = rules->rules[i].id;
  miss_name(spec, label, "rule", words, id);
  return NONE;
}

static int find_dimension(struct spec *spec, const char *label, struct str name) {
  const struct ruleset *rules = spec->generation->rules;
  const char *words[RULESET_MAX_DIMENSIONS + 1] = {NULL};
  int dimension = ruleset_dimension(rules, name);
  if (dimension != NONE) return dimension;
  for (uint32_t i = 0; i < rules->dimension_count; i++) words[i] = rules->dimensions[i].name;
  miss_name(spec, label, "dimension", words, name);
  return NONE;
}

static int find_lifecycle(struct spec *spec, const char *label, struct str name) {
  const struct ruleset *rules = spec->generation->rules;
  const char *words[RULESET_MAX_LIFECYCLES + 1] = {NULL};
  for (uint32_t i = 0; i < rules->lifecycle_count; i++) {
    if (str_eq(name, str_of(rules->lifecycles[i].name))) return (int)i;
    words[i] = rules->lifecycles[i].name;
  }
  miss_name(spec, label, "lifecycle", words, name);
  return NONE;
}

static int find_topic(struct spec *spec, const char *label, struct str name) {
  const struct ruleset *rules = spec->generation->rules;
  const char **words = arena_zalloc(&spec->arena, (rules->topic_count + 1) * sizeof *words);
  for (uint32_t i = 0; i < rules->topic_count; i++) {
    if (str_eq(name, str_of(rules->topics[i]))) return (int)i;
    words[i] = rules->topics[i];
  }
  miss_name(spec, label, "topic", words, name);
  return NONE;
}

/* --- what rules hold ---------------------------------------------------------------------------------------------- */

struct holding {
  int64_t milli; /* over all dimensions */
  bool any;      /* in some dimension it holds something, even if the sum is 0 */
};

static struct holding holding_of(struct spec *spec, int rule) {
  struct holding holding = {0, false};
  for (uint32_t d = 0; d < spec->generation->rules->dimension_count; d++) {
    struct fold_parts parts;
    fold_explain(spec->fold, (int)d, &spec->arena, &parts);
    for (uint32_t i = 0; i < parts.count; i++) {
      if (parts.parts[i].rule != rule) continue;
      holding.milli += parts.parts[i].held;
      holding.any = holding.any || parts.parts[i].held != 0;
    }
  }
  return holding;
}

static void expect_holds(struct spec *spec, const char *label, const struct node *list, bool wanted) {
  for (uint32_t i = 0; i < list->table.item_count; i++) {
    const struct node *item = &list->table.items[i];
    if (item->kind != NODE_STRING) {
      spec_miss(spec, "%s: rule ids are texts, not %s", label, node_kind_word(item));
      continue;
    }
    int rule = find_rule(spec, label, item->text);
    if (rule == NONE) continue;
    struct holding holding = holding_of(spec, rule);
    if (holding.any && !wanted)
      spec_miss(spec, "%s: expected %.*s to hold nothing, it holds %g", label, STR_ARG(item->text),
                (double)holding.milli / (double)MILLI);
    if (!holding.any && wanted) spec_miss(spec, "%s: %.*s holds nothing", label, STR_ARG(item->text));
  }
}

/* --- the fields of t:expect --------------------------------------------------------------------------------------- */

static const char *stage_of(const struct spec *spec, int lifecycle) {
  int stage = fold_stage(spec->fold, lifecycle);
  return stage == NONE ? "" : spec->generation->rules->lifecycles[lifecycle].stages[stage];
}

static void expect_stage(struct spec *spec, const struct node *expected) {
  if (spec->generation->rules->lifecycle_count == 0)
    spec_miss(spec, "stage: the rules declare no lifecycle");
  else
    spec_check_value(spec, "stage", expected, text_value(stage_of(spec, 0)));
}

static void expect_grade(struct spec *spec, const struct node *expected) {
  struct buf grade;
  buf_init(&grade);
  fold_grade(spec->fold, &grade);
  spec_check_value(spec, "grade", expected, text_value(grade.data));
  buf_release(&grade);
}

static void expect_ignored(struct spec *spec, const struct node *expected) {
  const struct ignore *ignore = fold_ignored(spec->fold);
  struct value id = text_value(ignore ? ignore->id : "");
  spec_check_value(spec, "ignored", expected, expected->kind == NODE_BOOL ? value_bool(ignore != NULL) : id);
}

/* segments = { smb = true, dach = false } */
static void expect_segment(struct spec *spec, const char *label, const struct node_pair *pair) {
  const struct ruleset *rules = spec->generation->rules;
  const char *words[RULESET_MAX_SEGMENTS + 1] = {NULL};
  int segment = ruleset_segment(rules, pair->key);
  for (uint32_t i = 0; i < rules->segment_count; i++) words[i] = rules->segments[i].id;
  if (segment == NONE)
    miss_name(spec, label, "segment", words, pair->key);
  else
    spec_check_value(spec, label, &pair->value, value_bool(fold_segments(spec->fold) >> segment & 1));
}

/* One named part of `scores`, `stages`, `points`, `interest` or `traits`. */
static void expect_part(struct spec *spec, const char *field, const struct node_pair *pair) {
  char label[160];
  int found;
  const struct fold *fold = spec->fold;
  snprintf(label, sizeof label, "%s.%.*s", field, (int)(pair->key.len < 128 ? pair->key.len : 128),
           pair->key.p);
  if (strcmp(field, "scores") == 0) {
    if ((found = find_dimension(spec, label, pair->key)) != NONE)
      check_milli(spec, label, &pair->value, fold_score(fold, found));
  } else if (strcmp(field, "bands") == 0) {
    if ((found = find_dimension(spec, label, pair->key)) != NONE)
      spec_check_value(spec, label, &pair->value, text_value(fold_band(fold, found)));
  } else if (strcmp(field, "stages") == 0) {
    if ((found = find_lifecycle(spec, label, pair->key)) != NONE)
      spec_check_value(spec, label, &pair->value, text_value(stage_of(spec, found)));
  } else if (strcmp(field, "points") == 0) {
    if ((found = find_rule(spec, label, pair->key)) != NONE)
      check_milli(spec, label, &pair->value, holding_of(spec, found).milli);
  } else if (strcmp(field, "segments") == 0) {
    expect_segment(spec, label, pair);
  } else if (strcmp(field, "qualified") == 0 || strcmp(field, "criteria") == 0 ||
             strcmp(field, "totals") == 0 || strcmp(field, "next_question") == 0) {
    spec_expect_framework(spec, field, label, pair);
  } else if (strcmp(field, "interest") == 0) {
    if ((found = find_topic(spec, label, pair->key)) != NONE)
      check_milli(spec, label, &pair->value, fold_interest(fold, found));
  } else {
    spec_check_value(spec, label, &pair->value, fold_trait(fold, pair->key));
  }
}

static void expect_parts(struct spec *spec, const char *field, const struct node *table) {
  for (uint32_t i = 0; i < table->table.pair_count; i++) expect_part(spec, field, &table->table.pairs[i]);
}

/* --- lists ---------------------------------------------------------------------------------------------------------- */

static void expect_held(struct spec *spec, const struct node *list) {
  expect_holds(spec, "holds", list, true);
}

static void expect_not_held(struct spec *spec, const struct node *list) {
  expect_holds(spec, "not_holds", list, false);
}

static const struct list_field {
  const char *name;
  void (*expect)(struct spec *spec, const struct node *list);
} list_fields[] = {{"holds", expect_held},
                   {"not_holds", expect_not_held},
                   {"why", spec_expect_why},
                   {"why_not", spec_expect_why_not},
                   {"fails", spec_expect_fails}};

/* False: the field takes no list. */
static bool expect_list(struct spec *spec, const char *field, const struct node *value) {
  for (size_t i = 0; i < sizeof list_fields / sizeof *list_fields; i++) {
    if (strcmp(field, list_fields[i].name) != 0) continue;
    if (value->kind == NODE_TABLE && value->table.pair_count == 0)
      list_fields[i].expect(spec, value);
    else
      spec_miss(spec, "%s: expected a list of %s, not %s", field,
                strncmp(field, "why", 3) ? "rule ids" : "texts", node_kind_word(value));
    return true;
  }
  return false;
}

/* `scores` and its like take names; the rest takes a value. */
static void expect_field(struct spec *spec, const struct node_pair *pair) {
  const struct node *value = &pair->value;
  const char *field = pair->key.p;
  if (expect_list(spec, field, value)) return;
  if (strcmp(field, "stage") == 0)
    expect_stage(spec, value);
  else if (strcmp(field, "grade") == 0)
    expect_grade(spec, value);
  else if (strcmp(field, "ignored") == 0)
    expect_ignored(spec, value);
  else if (strcmp(field, "clocks") == 0 || strcmp(field, "worklists") == 0 || strcmp(field, "owner") == 0)
    spec_expect_desk(spec, field, value);
  else if (strcmp(field, "effects") == 0 || strcmp(field, "request") == 0 || strcmp(field, "accepts") == 0 ||
           strcmp(field, "renders") == 0)
    spec_expect_told(spec, field, value);
  else if (strcmp(field, "completeness") == 0)
    spec_check_value(spec, field, value, value_number(fold_completeness(spec->fold)));
  else if (strcmp(field, "cycle") == 0)
    spec_check_value(spec, field, value, value_number(fold_cycle(spec->fold)));
  else if (value->kind != NODE_TABLE || value->table.item_count)
    spec_miss(spec, "%s: expected a table of names, not %s", field, node_kind_word(value));
  else
    expect_parts(spec, field, value);
}

void spec_compare(struct spec *spec, const struct node *what) {
  if (what->table.item_count) spec_miss(spec, "t:expect takes names: t:expect { scores = { .. } }");
  for (uint32_t i = 0; i < what->table.pair_count; i++) {
    const struct node_pair *pair = &what->table.pairs[i];
    bool known = false;
    for (const char *const *word = expect_fields; *word; word++)
      known = known || str_eq(pair->key, str_of(*word));
    if (known)
      expect_field(spec, pair);
    else
      spec_miss(spec, "t:expect has no '%.*s'; %s", STR_ARG(pair->key),
                problem_hint(&spec->problems, pair->key, expect_fields));
  }
}
