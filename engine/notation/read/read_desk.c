/* read_desk.c - what a sales desk declares beside calendars: clocks and promises, who gets a lead, worklists. */
#include "notation/compile_private.h"

#include "model/ruleset/desk.h"
#include "model/ruleset/list.h"

/* "mql", { "mql", "sal" } or { "mql", lifecycle = "x" }. False after an error. */
static bool read_which_stages(struct compile *c, const struct node *node, const char *field, const char *what,
                              int *lifecycle, uint64_t *stages) {
  struct node call = {.kind = NODE_CALL,
                      .place = node->place,
                      .call = {.name = str_of(read_what(c, field, what)), .args = node, .arg_count = 1}};
  return read_stages(c, &call, NONE, lifecycle, stages);
}

/* The number of a declared calendar; NONE after an error. */
static int read_named_calendar(struct compile *c, const struct node *node, const char *what) {
  struct str name;
  if (!read_text(c, node, what, &name)) return NONE;
  return names_need(c, &c->calendars, name, node->place);
}

bool read_desk_text(struct compile *c, const struct node *body, const char *field, const char *what,
                    const char **out) {
  const struct node *node = read_field(body, field);
  struct str text;
  *out = NULL;
  if (!node) return true;
  if (!read_text(c, node, read_what(c, field, what), &text)) return false;
  *out = read_keep(c, text);
  return true;
}

static bool read_flag(struct compile *c, const struct node *body, const char *field, const char *what,
                      bool *out) {
  const struct node *node = read_field(body, field);
  if (!node) return true;
  *out = node->kind == NODE_BOOL && node->boolean;
  if (node->kind == NODE_BOOL) return true;
  FAULT(c, "wrong_kind", node->place, NULL, "%s must be true or false, got %s", read_what(c, field, what),
        read_described(c, node));
  return false;
}

static bool is_there(struct compile *c, const struct declaration *d, const char *field, const char *what,
                     const char *hint) {
  if (read_field(&d->body, field)) return true;
  if (!read_misspelled(&d->body, field))
    FAULT(c, "missing_field", d->place, hint, "%s says no `%s`", what, field);
  return false;
}

static bool read_when(struct compile *c, const struct node *body, const char *field, const char *what,
                      int lifecycle, const struct cond **out) {
  const struct node *node = read_field(body, field);
  if (!node) return true;
  struct cond_scope scope = {.what = read_what(c, field, what), .lifecycle = lifecycle};
  *out = read_condition(c, node, &scope);
  return *out != NULL;
}

/* Room in the ruleset for one more of a kind: NULL after an error. */
static bool has_room(struct compile *c, const struct declaration *d, struct names *names, uint32_t max) {
  if (names->count < max) return names_declare(c, names, d->name, d->place) != NONE;
  FAULT(c, "too_many", d->place, NULL, "more than %u declarations of %s", max, names->kind);
  return false;
}

/* --- clocks ----------------------------------------------------------------------------------------------------------- */

static bool read_stops(struct compile *c, const struct node *body, const char *what, struct sla *sla) {
  const struct node *node = read_field(body, "stops_at");
  sla->counter = NONE;
  if (!node) return true;
  struct selecting how = {
      .scope = SELECT_ANY, .what = read_what(c, "stops_at", what), .lifecycle = sla->lifecycle};
  struct counter counter = {.times = KEEP_NEWEST};
  if (!read_selector(c, node, &how, &counter.on)) return false;
  struct ruleset *out = c->out;
  counter.written = read_written(c, node);
  out->counters = read_grow(c->arena, out->counters, out->counter_count, sizeof *out->counters);
  out->counters[out->counter_count] = counter;
  sla->counter = (int)out->counter_count++;
  return true;
}

static bool read_breach(struct compile *c, const struct node *node, const char *what, struct sla *sla) {
  static const char *const fields[] = {"escalate", "reassign", NULL};
  what = read_what(c, "breach", what);
  return !node || (read_table(c, node, fields, false, what) &&
                   read_desk_text(c, node, "escalate", what, &sla->escalate) &&
                   read_flag(c, node, "reassign", what, &sla->reassign));
}

static bool read_spans(struct compile *c, const struct declaration *d, const char *what, struct sla *sla) {
  const struct node *warn = read_field(&d->body, "warn"), *due = read_field(&d->body, "due");
  if (!is_there(c, d, "due", what, "write due = \"4h\"") ||
      !read_span(c, due, read_what(c, "due", what), &sla->due_ms))
    return false;
  if (!warn) return true;
  if (!read_span(c, warn, read_what(c, "warn", what), &sla->warn_ms)) return false;
  if (sla->warn_ms < sla->due_ms) return true;
  FAULT(c, "bad_duration", warn->place, "warn earlier than `due`",
        "%s warns when it is due already, or later", what);
  return false;
}

static bool read_clock(struct compile *c, const struct declaration *d, const char *what, struct sla *sla) {
  static const char *const fields[] = {"doc", "of",    "stage",    "tier",   "stops_at", "warn",
                                       "due", "hours", "attempts", "breach", NULL};
  const struct node *body = &d->body, *hours = read_field(body, "hours"),
                    *attempts = read_field(body, "attempts");
  sla->calendar = NONE;
  sla->attempts = 1;
  if (!read_table(c, body, fields, false, what) || !is_there(c, d, "stage", what, "write stage = \"mql\"") ||
      !read_which_stages(c, read_field(body, "stage"), "stage", what, &sla->lifecycle, &sla->stages))
    return false;
  bool fine = read_desk_text(c, body, "doc", what, &sla->doc) && read_spans(c, d, what, sla);
  fine &= read_when(c, body, "tier", what, sla->lifecycle, &sla->tier);
  fine &= read_stops(c, body, what, sla);
  fine &= !hours || (sla->calendar = read_named_calendar(c, hours, read_what(c, "hours", what))) != NONE;
  fine &= !attempts || read_count(c, attempts, read_what(c, "attempts", what), KEEP_NEWEST, &sla->attempts);
  if (attempts && !read_field(body, "stops_at")) {
    FAULT(c, "missing_field", attempts->place, "write stops_at = track \"Call Attempted\"",
          "%s counts attempts and does not say of what", what);
    fine = false;
  }
  return read_breach(c, read_field(body, "breach"), what, sla) && fine;
}

/* --- promises --------------------------------------------------------------------------------------------------------- */

static bool read_period(struct compile *c, const struct node *node, const char *what,
                        enum promise_period *per) {
  static const char *const words[] = {"day", "week", "month", "quarter", NULL};
  struct str text;
  if (!read_text(c, node, what, &text)) return false;
  for (int i = 0; words[i]; i++) {
    if (!str_eq(text, str_of(words[i]))) continue;
    *per = (enum promise_period)i;
    return true;
  }
  FAULT(c, "unknown_word", node->place, problem_hint(c->problems, text, words), "%s: '%.*s' is no period",
        what, STR_ARG(text));
  return false;
}

static bool read_quality(struct compile *c, const struct node *node, const char *what,
                         struct promise *promise) {
  static const char *const fields[] = {"stage", "percent", NULL};
  int lifecycle;
  what = read_what(c, "quality", what);
  if (!node) return true;
  if (!read_table(c, node, fields, false, what)) return false;
  const struct node *stage = read_field(node, "stage"), *percent = read_field(node, "percent");
  if (!stage || !percent) {
    FAULT(c, "missing_field", node->place, "write quality = { stage = \"sal\", percent = 60 }",
          "%s says `stage` and `percent`", what);
    return false;
  }
  if (!read_which_stages(c, stage, "stage", what, &lifecycle, &promise->good) ||
      !read_count(c, percent, read_what(c, "percent", what), 100, &promise->good_percent))
    return false;
  if (lifecycle == promise->lifecycle) return true;
  FAULT(c, "wrong_lifecycle", stage->place, NULL, "%s names a stage of another lifecycle", what);
  return false;
}

static bool read_promise(struct compile *c, const struct declaration *d, const char *what,
                         struct promise *promise) {
  static const char *const fields[] = {"doc", "of", "stage", "per", "hours", "volume", "quality", NULL};
  const struct node *body = &d->body, *hours = read_field(body, "hours"),
                    *volume = read_field(body, "volume");
  promise->calendar = NONE;
  if (!read_table(c, body, fields, false, what) || !is_there(c, d, "stage", what, "write stage = \"mql\"") ||
      !is_there(c, d, "per", what, "write per = \"month\"") ||
      !read_which_stages(c, read_field(body, "stage"), "stage", what, &promise->lifecycle, &promise->stages))
    return false;
  bool fine = read_desk_text(c, body, "doc", what, &promise->doc);
  fine &= read_period(c, read_field(body, "per"), read_what(c, "per", what), &promise->per);
  fine &= !hours || (promise->calendar = read_named_calendar(c, hours, read_what(c, "hours", what))) != NONE;
  fine &= !volume || read_count(c, volume, read_what(c, "volume", what), 1000000000, &promise->volume);
  fine &= read_quality(c, read_field(body, "quality"), what, promise);
  if (fine && !promise->volume && !promise->good_percent) {
    FAULT(c, "missing_field", d->place, "write volume = 100, quality = { stage = \"sal\", percent = 60 }",
          "%s promises nothing", what);
    return false;
  }
  return fine;
}

static bool is_promise(struct compile *c, const struct declaration *d, const char *what, bool *fine) {
  static const char *const words[] = {"sales", "marketing", NULL};
  const struct node *of = d->body.kind == NODE_TABLE ? read_field(&d->body, "of") : NULL;
  struct str text;
  *fine = true;
  if (!of) return false;
  *fine = read_text(c, of, read_what(c, "of", what), &text);
  if (!*fine || str_eq(text, STR("sales"))) return false;
  if (str_eq(text, STR("marketing"))) return true;
  FAULT(c, "unknown_word", of->place, problem_hint(c->problems, text, words),
        "%s is of sales or of marketing", what);
  return *fine = false;
}

void read_slas(struct compile *c) {
  const struct declaration *d;
  struct ruleset *out = c->out;
  for (size_t at = 0; (d = read_next(c, "sla", &at));) {
    const char *what = arena_printf(&c->scratch, "sla '%.*s'", STR_ARG(d->name));
    struct sla sla = {.id = read_keep(c, d->name), .place = read_place(c, d->place)};
    struct promise promise = {.id = sla.id, .place = sla.place};
    bool fine;
    if (!has_room(c, d, &c->slas, DESK_SLAS_MAX)) continue;
    if (is_promise(c, d, what, &fine)) {
      if (!read_promise(c, d, what, &promise)) continue;
      out->promises = read_grow(c->arena, out->promises, out->promise_count, sizeof promise);
      out->promises[out->promise_count++] = promise;
    } else if (fine && read_clock(c, d, what, &sla)) {
      out->slas = read_grow(c->arena, out->slas, out->sla_count, sizeof sla);
      out->slas[out->sla_count++] = sla;
    }
  }
}

/* --- who gets a lead ---------------------------------------------------------------------------------------------------- */

static bool read_pool(struct compile *c, const struct node *node, const char *what,
                      struct assignment *assignment) {
  const struct node *texts;
  uint32_t count;
  if (!read_texts(c, node, what, &texts, &count)) return false;
  if (count > DESK_POOL_MAX) {
    FAULT(c, "too_many", node->place, NULL, "%s has more than %d people", what, (int)DESK_POOL_MAX);
    return false;
  }
  const char **pool = arena_zalloc(c->arena, count * sizeof *pool);
  int *hours = arena_zalloc(c->arena, count * sizeof *hours);
  for (uint32_t i = 0; i < count; i++) {
    pool[i] = read_keep(c, texts[i].text);
    hours[i] = NONE;
    for (uint32_t j = 0; j < i; j++) {
      if (strcmp(pool[i], pool[j]) != 0) continue;
      FAULT(c, "duplicate", texts[i].place, NULL, "%s names '%s' twice", what, pool[i]);
      return false;
    }
  }
  assignment->pool = pool;
  assignment->hours = hours;
  assignment->pool_count = count;
  return true;
}

static bool read_pool_hours(struct compile *c, const struct node *node, const char *what,
                            const struct assignment *assignment) {
  int *hours = (int *)assignment->hours; /* just made */
  if (!node) return true;
  if (node->kind == NODE_STRING) {
    int calendar = read_named_calendar(c, node, what);
    for (uint32_t i = 0; i < assignment->pool_count; i++) hours[i] = calendar;
    return calendar != NONE;
  }
  if (!read_table(c, node, assignment->pool, false, what)) return false;
  bool fine = true;
  for (uint32_t i = 0; i < assignment->pool_count; i++) {
    const struct node *of = read_field(node, assignment->pool[i]);
    if (of) fine &= (hours[i] = read_named_calendar(c, of, what)) != NONE;
  }
  return fine;
}

static bool read_absent(struct compile *c, const struct node *node, const char *what,
                        struct assignment *assignment) {
  static const char *const words[] = {"listed", NULL};
  struct node call;
  struct str name;
  if (!node) return true;
  if (!node_as_call(node, words, &call) || !str_eq(call.call.name, STR("listed")) ||
      call.call.arg_count != 1) {
    read_unknown_word(c, node, what, "listed \"NAME\"", words);
    return false;
  }
  if (!read_text(c, &call.call.args[0], what, &name)) return false;
  assignment->absent = read_list(c, name, node->place);
  return assignment->absent != NULL;
}

static bool read_assignment(struct compile *c, const struct declaration *d, struct assignment *assignment) {
  static const char *const fields[] = {"doc",  "stage",  "when",  "account_owner",
                                       "pool", "absent", "hours", NULL};
  const char *what = arena_printf(&c->scratch, "assign '%.*s'", STR_ARG(d->name));
  const struct node *body = &d->body, *pool = read_field(body, "pool");
  if (!read_table(c, body, fields, false, what) || !is_there(c, d, "stage", what, "write stage = \"mql\"") ||
      !read_which_stages(c, read_field(body, "stage"), "stage", what, &assignment->lifecycle,
                         &assignment->stages) ||
      (pool && !read_pool(c, pool, read_what(c, "pool", what), assignment)))
    return false;
  /* NULL-ended, as lists of words are */
  const char **people = arena_zalloc(c->arena, (assignment->pool_count + 1) * sizeof *people);
  if (pool) memcpy(people, assignment->pool, assignment->pool_count * sizeof *people);
  assignment->pool = people;
  bool fine = read_desk_text(c, body, "doc", what, &assignment->doc);
  fine &= read_when(c, body, "when", what, assignment->lifecycle, &assignment->when);
  fine &= read_flag(c, body, "account_owner", what, &assignment->account_owner);
  if (!pool && !assignment->account_owner)
    fine &= is_there(c, d, "pool", what, "write pool = { \"maria\", \"jon\" }, or account_owner = true");
  fine &= read_absent(c, read_field(body, "absent"), read_what(c, "absent", what), assignment);
  return read_pool_hours(c, read_field(body, "hours"), read_what(c, "hours", what), assignment) && fine;
}

void read_assignments(struct compile *c) {
  const struct declaration *d;
  struct ruleset *out = c->out;
  for (size_t at = 0; (d = read_next(c, "assign", &at));) {
    struct assignment assignment = {.id = read_keep(c, d->name), .place = read_place(c, d->place)};
    if (!has_room(c, d, &c->assignments, DESK_ASSIGNMENTS_MAX) || !read_assignment(c, d, &assignment))
      continue;
    out->assignments = read_grow(c->arena, out->assignments, out->assignment_count, sizeof assignment);
    out->assignments[out->assignment_count++] = assignment;
  }
}

/* --- worklists ---------------------------------------------------------------------------------------------------------- */

static bool read_key(struct compile *c, const struct node *text, const char *what, struct list_key *key) {
  static const char *const words[] = {"clock", "waiting", "recent", NULL};
  static const enum list_key_kind kinds[] = {KEY_CLOCK, KEY_WAITING, KEY_RECENT};
  for (int i = 0; words[i]; i++) {
    if (!str_eq(text->text, str_of(words[i]))) continue;
    key->kind = kinds[i];
    return true;
  }
  key->kind = KEY_SCORE;
  key->dimension = names_find(&c->dimensions, text->text);
  if (key->dimension != NONE) return true;
  const char **known = arena_zalloc(&c->scratch, (c->dimensions.count + 4) * sizeof *known);
  memcpy(known, words, 3 * sizeof *known);
  for (uint32_t i = 0; i < c->dimensions.count; i++) known[3 + i] = c->dimensions.words[i];
  FAULT(c, "unknown_word", text->place, problem_hint(c->problems, text->text, known),
        "%s: '%.*s' is neither clock, waiting or recent nor a dimension", what, STR_ARG(text->text));
  return false;
}

static bool read_order(struct compile *c, const struct node *node, const char *what, struct worklist *list) {
  const struct node *texts;
  uint32_t count;
  if (!node) return true;
  if (!read_texts(c, node, what, &texts, &count)) return false;
  if (count > DESK_ORDER_MAX) {
    FAULT(c, "too_many", node->place, NULL, "%s has more than %d keys", what, (int)DESK_ORDER_MAX);
    return false;
  }
  bool fine = true;
  for (uint32_t i = 0; i < count; i++) fine &= read_key(c, &texts[i], what, &list->order[i]);
  list->order_count = count;
  return fine;
}

static bool read_worklist(struct compile *c, const struct declaration *d, struct worklist *list) {
  static const char *const fields[] = {"doc", "stage", "who", "order", NULL};
  const char *what = arena_printf(&c->scratch, "worklist '%.*s'", STR_ARG(d->name));
  const struct node *body = &d->body, *stage = read_field(body, "stage");
  if (!read_table(c, body, fields, false, what)) return false;
  if (!stage && !read_field(body, "who")) {
    if (!read_misspelled(body, "stage") && !read_misspelled(body, "who"))
      FAULT(c, "missing_field", d->place, "write stage = \"mql\", or who = .. for a condition",
            "%s says neither `stage` nor `who`", what);
    return false;
  }
  if (stage && !read_which_stages(c, stage, "stage", what, &list->lifecycle, &list->stages)) return false;
  bool fine = read_desk_text(c, body, "doc", what, &list->doc);
  fine &= read_when(c, body, "who", what, stage ? list->lifecycle : NONE, &list->who);
  return read_order(c, read_field(body, "order"), read_what(c, "order", what), list) && fine;
}

void read_worklists(struct compile *c) {
  const struct declaration *d;
  struct ruleset *out = c->out;
  for (size_t at = 0; (d = read_next(c, "worklist", &at));) {
    struct worklist list = {.id = read_keep(c, d->name), .place = read_place(c, d->place)};
    if (!has_room(c, d, &c->worklists, DESK_LISTS_MAX) || !read_worklist(c, d, &list)) continue;
    out->worklists = read_grow(c->arena, out->worklists, out->worklist_count, sizeof list);
    out->worklists[out->worklist_count++] = list;
  }
}
