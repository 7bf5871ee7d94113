/* read_condition_part.c - one condition each: trait, score, stage, seen ... */
#include "notation/compile_private.h"

#include "base/timefmt.h"
#include "model/ruleset/framework.h"

/* --- numbers and texts about a lead ---------------------------------------------------------------------------------- */

static bool need_fields(struct compile *c, const struct node *arg, const char *what, const char *example) {
  if (arg->kind == NODE_TABLE && arg->table.item_count == 0 && arg->table.pair_count > 0) return true;
  FAULT(c, "wrong_kind", arg->place, example, "%s needs named fields, got %s", what, read_described(c, arg));
  return false;
}

static bool read_fields(struct compile *c, const struct node *args, const struct cond_scope *scope,
                        struct cond *cond) {
  const char *word = cond->op == COND_ACCOUNT ? "account" : "trait";
  uint32_t count = args->table.pair_count;
  struct trait_test *tests = arena_zalloc(c->arena, count * sizeof *tests);
  bool fine = true;
  cond->reads = cond->op == COND_ACCOUNT ? READS_ACCOUNT : READS_TRAITS;
  for (uint32_t i = 0; i < count; i++) {
    const struct node_pair *pair = &args->table.pairs[i];
    const char *what = arena_printf(&c->scratch, "%s '%.*s' in %s", word, STR_ARG(pair->key), scope->what);
    tests[i].path = read_trait_path(c, pair->key);
    tests[i].matcher = read_matcher(c, &pair->value, what);
    fine &= tests[i].matcher != NULL;
    if (tests[i].matcher && tests[i].matcher->timed) cond->reads |= READS_TIME;
  }
  cond->traits = tests;
  cond->len = count;
  return fine;
}

static bool read_trait(struct compile *c, const struct node *args, const struct cond_scope *scope,
                       struct cond *cond) {
  return need_fields(c, args, read_inside(c, "trait", scope->what), "write trait { title = \"CTO\" }") &&
         read_fields(c, args, scope, cond);
}

void read_account_key(struct compile *c, struct str path) {
  struct ruleset *out = c->out;
  const char *dot = memchr(path.p, '.', path.len);
  struct str key = {path.p, dot ? (size_t)(dot - path.p) : path.len};
  if (ruleset_asks_account(out, key)) return;
  out->account_keys =
      read_grow(c->arena, out->account_keys, out->account_key_count, sizeof *out->account_keys);
  out->account_keys[out->account_key_count++] = arena_str(c->arena, key);
}

static bool read_account(struct compile *c, const struct node *args, const struct cond_scope *scope,
                         struct cond *cond) {
  const char *what = read_inside(c, "account", scope->what);
  if (!need_fields(c, args, what, "write account { customer = true }")) return false;
  bool fine = read_fields(c, args, scope, cond);
  for (uint32_t i = 0; i < cond->len; i++) read_account_key(c, cond->traits[i].path);
  return fine;
}

static bool read_numbers(struct compile *c, const struct node *args, const struct names *known,
                         const char *what, const char *example, struct cond *cond) {
  if (!need_fields(c, args, what, example)) return false;
  uint32_t count = args->table.pair_count;
  struct number_test *tests = arena_zalloc(c->arena, count * sizeof *tests);
  bool fine = true;
  cond->reads = READS_SCORES;
  for (uint32_t i = 0; i < count; i++) {
    const struct node_pair *pair = &args->table.pairs[i];
    tests[i].index = names_need(c, known, pair->key, pair->key_place);
    tests[i].matcher = read_number_matcher(
        c, &pair->value, arena_printf(&c->scratch, "'%.*s' in %s", STR_ARG(pair->key), what));
    fine &= tests[i].index != NONE && tests[i].matcher;
  }
  cond->numbers = tests;
  cond->len = count;
  return fine;
}

static bool read_score(struct compile *c, const struct node *args, const struct cond_scope *scope,
                       struct cond *cond) {
  return read_numbers(c, args, &c->dimensions, read_inside(c, "score", scope->what),
                      "write score { fit = at_least(30) }", cond);
}

static bool read_interest(struct compile *c, const struct node *args, const struct cond_scope *scope,
                          struct cond *cond) {
  return read_numbers(c, args, &c->topics, read_inside(c, "interest", scope->what),
                      "write interest { topic = at_least(10) }", cond);
}

static bool read_grade_is(struct compile *c, const struct node *args, const struct cond_scope *scope,
                          struct cond *cond) {
  const struct node *texts;
  uint32_t count;
  if (!read_texts(c, args, read_inside(c, "grade_is", scope->what), &texts, &count)) return false;
  struct str *cells = arena_zalloc(c->arena, count * sizeof *cells);
  bool fine = true;
  for (uint32_t i = 0; i < count; i++) {
    fine &= names_need(c, &c->cells, texts[i].text, texts[i].place) != NONE;
    cells[i] = arena_str(c->arena, texts[i].text);
  }
  cond->cells = cells;
  cond->len = count;
  cond->reads = READS_SCORES;
  return fine;
}

static const struct profile_field *profile_field(const struct compile *c, struct str path) {
  for (uint32_t i = 0; i < c->out->profile_count; i++) {
    if (str_eq(c->out->profile[i].path, path)) return &c->out->profile[i];
  }
  return NULL;
}

static bool read_known(struct compile *c, const struct node *args, const struct cond_scope *scope,
                       struct cond *cond) {
  const struct node *texts;
  uint32_t count;
  if (!read_texts(c, args, read_inside(c, "known", scope->what), &texts, &count)) return false;
  struct trait_test *tests = arena_zalloc(c->arena, count * sizeof *tests);
  cond->reads = READS_TRAITS;
  for (uint32_t i = 0; i < count; i++) {
    tests[i].path = read_trait_path(c, texts[i].text);
    const struct profile_field *field = profile_field(c, tests[i].path);
    tests[i].matcher = read_present(c, field ? field->valid : NULL);
    if (tests[i].matcher->timed) cond->reads |= READS_TIME;
  }
  cond->traits = tests;
  cond->len = count;
  return true;
}

static bool read_completeness(struct compile *c, const struct node *args, const struct cond_scope *scope,
                              struct cond *cond) {
  const char *what = read_inside(c, "completeness", scope->what);
  cond->number = (struct number_test){.index = NONE, .matcher = read_number_matcher(c, args, what)};
  cond->reads = READS_TRAITS;
  for (uint32_t i = 0; i < c->out->profile_count; i++) {
    const struct matcher *valid = c->out->profile[i].valid;
    if (valid && valid->timed) cond->reads |= READS_TIME;
  }
  if (c->out->profile_count == 0) {
    FAULT(c, "no_profile", args->place, "declare profile { required = { .. } }",
          "%s: no profile is declared to be complete", what);
    return false;
  }
  return cond->number.matcher != NULL;
}

static bool read_velocity(struct compile *c, const struct node *args, const struct cond_scope *scope,
                          struct cond *cond) {
  const char *what = read_inside(c, "velocity", scope->what);
  struct str name;
  int64_t span_ms = 0;
  bool fine = read_text(c, &args[0], what, &name);
  cond->number.index = fine ? names_need(c, &c->dimensions, name, args[0].place) : NONE;
  fine &= cond->number.index != NONE;
  if (read_span(c, &args[1], what, &span_ms)) {
    cond->number.days = (int)(span_ms / TIME_MS_PER_DAY);
    if (span_ms % TIME_MS_PER_DAY || cond->number.days > VELOCITY_DAYS_MAX) {
      FAULT(c, "bad_duration", args[1].place, "\"1d\" to \"30d\"",
            "%s is measured over whole days, at most %d, got %s", what, (int)VELOCITY_DAYS_MAX,
            read_described(c, &args[1]));
      fine = false;
    }
  } else {
    fine = false;
  }
  cond->number.matcher = read_number_matcher(c, &args[2], what);
  cond->reads = READS_SCORES | READS_TIME;
  if (fine) c->out->dimensions[cond->number.index].velocity = true;
  return fine && cond->number.matcher;
}

/* --- stages and spans ------------------------------------------------------------------------------------------------------ */

static int stages_lifecycle(struct compile *c, const struct node *arg, int lifecycle, const char *what) {
  static const char *const fields[] = {"lifecycle", NULL};
  if (arg->kind == NODE_TABLE) {
    read_table(c, arg, fields, true, what);
    const struct node *named = read_field(arg, "lifecycle");
    struct str name;
    if (named && !read_text(c, named, read_what(c, "lifecycle", what), &name)) return NONE;
    if (named) return names_need(c, &c->lifecycles, name, named->place);
  }
  if (lifecycle != NONE) return lifecycle;
  if (c->lifecycles.count) return 0;
  FAULT(c, "no_lifecycle", arg->place, "declare lifecycle \"main\" { .. }", "%s: no lifecycle is declared",
        what);
  return NONE;
}

bool read_stages(struct compile *c, const struct node *call, int lifecycle, int *of, uint64_t *stages) {
  const char *what = arena_printf(&c->scratch, "%.*s", STR_ARG(call->call.name));
  if (call->call.arg_count != 1) {
    FAULT(c, "wrong_arguments", call->place,
          arena_printf(&c->problems->arena, "write %s \"mql\" or %s { \"mql\", \"sal\" }", what, what),
          "%s takes stages", what);
    return false;
  }
  const struct node *arg = &call->call.args[0];
  *stages = 0;
  *of = stages_lifecycle(c, arg, lifecycle, what);
  if (*of == NONE) return false;
  struct node list = *arg; /* without the pair that names the lifecycle */
  if (list.kind == NODE_TABLE) list.table.pair_count = 0;
  const struct node *texts;
  uint32_t count;
  if (!read_texts(c, &list, what, &texts, &count)) return false;
  bool fine = true;
  for (uint32_t i = 0; i < count; i++) {
    int stage = names_need(c, &c->stages[*of], texts[i].text, texts[i].place);
    if (stage == NONE)
      fine = false;
    else
      *stages |= UINT64_C(1) << stage;
  }
  return fine;
}

static bool read_idle(struct compile *c, const struct node *args, const struct cond_scope *scope,
                      struct cond *cond) {
  cond->reads = READS_ACTIVITY | READS_TIME;
  return read_span(c, args, read_inside(c, "idle", scope->what), &cond->span_ms);
}

static bool read_in_stage_for(struct compile *c, const struct node *args, const struct cond_scope *scope,
                              struct cond *cond) {
  cond->reads = READS_STAGE | READS_TIME;
  cond->lifecycle = scope->lifecycle == NONE ? 0 : scope->lifecycle;
  if (c->lifecycles.count == 0) {
    FAULT(c, "no_lifecycle", args->place, "declare lifecycle \"main\" { .. }",
          "%s: in_stage_for, but no lifecycle is declared", scope->what);
    return false;
  }
  return read_span(c, args, read_inside(c, "in_stage_for", scope->what), &cond->stage_span_ms);
}

static bool read_cycle(struct compile *c, const struct node *args, const struct cond_scope *scope,
                       struct cond *cond) {
  cond->reads = READS_STAGE;
  cond->number.matcher = read_number_matcher(c, args, read_inside(c, "cycle", scope->what));
  return cond->number.matcher != NULL;
}

static bool read_codes(struct compile *c, const struct node *args, const char *what, struct cond *cond) {
  struct node list = *args; /* without the pairs */
  const struct node *texts;
  if (list.kind == NODE_TABLE) list.table.pair_count = 0;
  if (list.kind == NODE_TABLE && list.table.item_count == 0) return true;
  if (!read_texts(c, &list, what, &texts, &cond->len)) return false;
  struct str *codes = arena_alloc(c->arena, cond->len * sizeof *codes);
  for (uint32_t i = 0; i < cond->len; i++) codes[i] = arena_str(c->arena, texts[i].text);
  cond->codes = codes;
  return true;
}

/* verdict "no_need", verdict { "no_need", "no_budget", lapsed = true } */
static bool read_verdict(struct compile *c, const struct node *args, const struct cond_scope *scope,
                         struct cond *cond) {
  static const char *const fields[] = {"lapsed", NULL};
  const char *what = read_inside(c, "verdict", scope->what);
  cond->reads = READS_STAGE | READS_TIME;
  cond->verdict_of = scope->lifecycle == NONE ? 0 : scope->lifecycle;
  if (c->lifecycles.count == 0) {
    FAULT(c, "no_lifecycle", args->place, "declare lifecycle \"main\" { .. }",
          "%s: verdict, but no lifecycle is declared", scope->what);
    return false;
  }
  if (args->kind == NODE_TABLE) {
    if (!read_table(c, args, fields, true, what)) return false;
    const struct node *lapsed = read_field(args, "lapsed");
    if (lapsed && !read_switch(c, lapsed, read_what(c, "lapsed", what), &cond->lapsed)) return false;
  }
  return read_codes(c, args, what, cond);
}

static bool read_in_segment(struct compile *c, const struct node *args, const struct cond_scope *scope,
                            struct cond *cond) {
  struct str name;
  if (!read_text(c, args, read_inside(c, "in_segment", scope->what), &name)) return false;
  cond->segment = names_need(c, &c->segments, name, args->place);
  const struct cond *when = cond->segment == NONE ? NULL : read_segment_when(c, cond->segment);
  if (!when) return false;
  const struct cond **kid = arena_alloc(c->arena, sizeof *kid);
  *kid = when;
  cond->kids = kid;
  cond->len = 1;
  cond->reads = when->reads;
  return true;
}

/* --- frameworks ------------------------------------------------------------------------------------------------------------ */

/* Fills framework and reads. */
static bool ask_framework(struct compile *c, int framework, struct cond *cond) {
  cond->framework = framework;
  if (framework == NONE || !read_framework_ready(c, framework)) return false;
  cond->reads = c->out->frameworks[framework].reads;
  return true;
}

static bool read_qualified(struct compile *c, const struct node *args, const struct cond_scope *scope,
                           struct cond *cond) {
  struct str name;
  if (!read_text(c, args, read_inside(c, "qualified", scope->what), &name)) return false;
  return ask_framework(c, names_need(c, &c->frameworks, name, args->place), cond);
}

/* total("bant", matcher), completeness("bant", matcher) */
static bool read_share(struct compile *c, const struct node *args, const struct cond_scope *scope,
                       struct cond *cond) {
  const char *what = read_inside(c, cond->op == COND_TOTAL ? "total" : "completeness", scope->what);
  struct str name;
  if (!read_text(c, &args[0], what, &name)) return false;
  bool fine = ask_framework(c, names_need(c, &c->frameworks, name, args[0].place), cond);
  cond->share = read_number_matcher(c, &args[1], what);
  return fine && cond->share;
}

static bool ask_criterion(struct compile *c, const struct node *text, const char *what, struct cond *cond) {
  cond->criterion = read_criterion_name(c, text->text, text->place, what);
  return cond->criterion != NONE && ask_framework(c, c->out->criteria[cond->criterion].framework, cond);
}

/* met { "bant.need", "bant.budget" } is both: a condition each. */
static bool read_met(struct compile *c, const struct node *args, const struct cond_scope *scope,
                     struct cond *cond) {
  const char *what = read_inside(c, cond->op == COND_MET ? "met" : "unmet", scope->what);
  const struct node *texts;
  uint32_t count;
  if (!read_texts(c, args, what, &texts, &count)) return false;
  if (count == 1) return ask_criterion(c, &texts[0], what, cond);
  const struct cond **kids = arena_alloc(c->arena, count * sizeof *kids);
  bool fine = true;
  unsigned reads = 0;
  for (uint32_t i = 0; i < count; i++) {
    struct cond *kid = arena_zalloc(c->arena, sizeof *kid);
    kid->op = cond->op;
    kid->place = read_place(c, texts[i].place);
    fine &= ask_criterion(c, &texts[i], what, kid);
    reads |= kid->reads;
    kids[i] = kid;
  }
  *cond = (struct cond){.op = COND_AND, .reads = reads, .len = count, .kids = kids};
  return fine;
}

/* --- what was seen --------------------------------------------------------------------------------------------------------- */

static bool read_since(struct compile *c, const struct node *node, const char *what,
                       struct counter *counter) {
  if (!node) return true;
  counter->since_cycle = node->kind == NODE_STRING && str_eq(node->text, STR("cycle"));
  counter->since_stage = node->kind == NODE_STRING && str_eq(node->text, STR("stage"));
  if (counter->since_stage && c->lifecycles.count == 0) {
    FAULT(c, "no_lifecycle", node->place, "declare lifecycle \"main\" { .. }", "%s: no lifecycle is declared",
          read_what(c, "since", what));
    return false;
  }
  if (!counter->since_cycle && !counter->since_stage)
    FAULT(c, "wrong_kind", node->place,
          "since = \"cycle\" counts only events of the lead's present cycle, since = \"stage\" of its "
          "present stage",
          "%s must be \"cycle\" or \"stage\", got %s", read_what(c, "since", what), read_described(c, node));
  return counter->since_cycle || counter->since_stage;
}

static bool read_seen_options(struct compile *c, const struct node *table, const char *what,
                              struct counter *counter, struct selecting *how) {
  static const char *const fields[] = {"times", "within", "distinct", "since", NULL};
  if (!read_table(c, table, fields, false, what)) return false;
  const struct node *times = read_field(table, "times"), *within = read_field(table, "within");
  const struct node *distinct = read_field(table, "distinct");
  bool fine = !times || read_count(c, times, read_what(c, "times", what), KEEP_NEWEST, &counter->times);
  fine &= !within || read_span(c, within, read_what(c, "within", what), &counter->within_ms);
  fine &= !distinct || read_text(c, distinct, read_what(c, "distinct", what), &how->capture);
  counter->distinct = distinct != NULL;
  return read_since(c, read_field(table, "since"), what, counter) && fine;
}

static bool read_seen(struct compile *c, const struct node *call, const struct cond_scope *scope,
                      struct cond *cond) {
  const char *what = read_inside(c, "seen", scope->what);
  struct counter counter = {.times = 1};
  struct selecting how = {.scope = SELECT_ANY, .what = what, .lifecycle = scope->lifecycle};
  bool fine = call->call.arg_count < 2 || read_seen_options(c, &call->call.args[1], what, &counter, &how);
  fine &= read_selector(c, &call->call.args[0], &how, &counter.on);
  if (!fine) return false;
  counter.written = read_written(c, call);
  counter.lifecycle = scope->lifecycle == NONE ? 0 : scope->lifecycle;
  struct ruleset *out = c->out;
  cond->counter = (int)out->counter_count;
  cond->reads = READS_COUNTERS;
  if (counter.within_ms) cond->reads |= READS_TIME;
  if (counter.since_cycle || counter.since_stage) cond->reads |= READS_STAGE;
  out->counters = read_grow(c->arena, out->counters, out->counter_count, sizeof *out->counters);
  out->counters[out->counter_count++] = counter;
  return true;
}

/* --- one part --------------------------------------------------------------------------------------------------------------- */

static const struct part {
  const char *word;
  enum cond_op op;
  uint32_t least, most; /* arguments */
  bool (*read)(struct compile *c, const struct node *args, const struct cond_scope *scope, struct cond *cond);
  /* NULL: seen and stage take the whole call */
} parts[] = {
    {"trait", COND_TRAIT, 1, 1, read_trait},
    {"score", COND_SCORE, 1, 1, read_score},
    {"grade_is", COND_GRADE, 1, 1, read_grade_is},
    {"stage", COND_STAGE, 1, 1, NULL},
    {"seen", COND_SEEN, 1, 2, NULL},
    {"known", COND_KNOWN, 1, 1, read_known},
    {"completeness", COND_COMPLETENESS, 1, 2, read_completeness},
    {"velocity", COND_VELOCITY, 3, 3, read_velocity},
    {"idle", COND_IDLE, 1, 1, read_idle},
    {"in_stage_for", COND_IN_STAGE_FOR, 1, 1, read_in_stage_for},
    {"interest", COND_INTEREST, 1, 1, read_interest},
    {"account", COND_ACCOUNT, 1, 1, read_account},
    {"qualified", COND_QUALIFIED, 1, 1, read_qualified},
    {"met", COND_MET, 1, 1, read_met},
    {"unmet", COND_UNMET, 1, 1, read_met},
    {"total", COND_TOTAL, 2, 2, read_share},
    {"in_segment", COND_SEGMENT, 1, 1, read_in_segment},
    {"cycle", COND_CYCLE, 1, 1, read_cycle},
    {"verdict", COND_VERDICT, 1, 1, read_verdict},
};

static const struct part *part_of(struct str word) {
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    if (str_eq(word, str_of(parts[i].word))) return &parts[i];
  }
  return NULL;
}

static bool read_part(struct compile *c, const struct part *part, const struct node *call,
                      const struct cond_scope *scope, struct cond *cond) {
  if (part->op == COND_SEEN) return read_seen(c, call, scope, cond);
  if (part->op == COND_COMPLETENESS && call->call.arg_count == 2) {
    cond->op = COND_ANSWERED;
    return read_share(c, call->call.args, scope, cond);
  }
  if (part->op == COND_STAGE) {
    cond->reads = READS_STAGE;
    return read_stages(c, call, scope->lifecycle, &cond->lifecycle, &cond->stages);
  }
  return part->read(c, call->call.args, scope, cond);
}

struct cond *read_condition_part(struct compile *c, const struct node *call, const struct cond_scope *scope) {
  static const char *const words[] = {"trait",    "score",        "grade_is", "stage",     "seen",
                                      "known",    "completeness", "velocity", "idle",      "in_stage_for",
                                      "interest", "in_segment",   "account",  "qualified", "met",
                                      "unmet",    "total",        "cycle",    "verdict",   NULL};
  const struct part *part = part_of(call->call.name);
  if (!part) {
    read_unknown_word(c, call, scope->what, "a condition", words);
    return NULL;
  }
  uint32_t count = call->call.arg_count;
  if (count < part->least || count > part->most) {
    FAULT(c, "wrong_arguments", call->place, NULL, "%s: '%s' takes %s, got %s", scope->what, part->word,
          part->least == 3            ? "three arguments"
          : part->least == 2          ? "two arguments"
          : part->least == part->most ? "one argument"
                                      : "one or two arguments",
          read_described(c, call));
    return NULL;
  }
  struct cond *cond = arena_zalloc(c->arena, sizeof *cond);
  cond->op = part->op;
  return read_part(c, part, call, scope, cond) ? cond : NULL;
}
