#include "notation/compile.h"

#include "model/match/atoms.h"
#include "model/ruleset/desk.h"
#include "model/ruleset/list.h"
#include "notation/compile_private.h"

static const char *const kinds[] = {
    "dimension", "group",    "grade",    "rule",      "reset",     "ignore",   "segment",     "framework",
    "activity",  "content",  "profile",  "identity",  "lifecycle", "test",     "destination", "effect",
    "renderer",  "receiver", "calendar", "sla",       "assign",    "worklist", "enricher",    "sources",
    "acts",      "contact",  "accounts", "directory", NULL};

const struct declaration *read_next(const struct compile *c, const char *kind, size_t *at) {
  while (*at < c->in->count) {
    size_t index = (*at)++;
    if (!c->skipped[index] && strcmp(c->in->items[index].kind, kind) == 0) return &c->in->items[index];
  }
  return NULL;
}

const struct declaration *read_only(struct compile *c, const char *kind) {
  size_t at = 0;
  const struct declaration *first = read_next(c, kind, &at), *more;
  while ((more = read_next(c, kind, &at))) {
    FAULT(c, "duplicate", more->place, "it exists once: join them", "%s is declared twice: %s:%d and %s:%d",
          kind, first->place.file, first->place.line, more->place.file, more->place.line);
  }
  return first;
}

/* --- before anything is read ------------------------------------------------------------------------------------------ */

static bool too_deep(const struct node *node, int left) {
  if (left == 0) return true;
  if (node->kind == NODE_CALL) {
    for (uint32_t i = 0; i < node->call.arg_count; i++) {
      if (too_deep(&node->call.args[i], left - 1)) return true;
    }
  }
  if (node->kind != NODE_TABLE) return false;
  for (uint32_t i = 0; i < node->table.item_count; i++) {
    if (too_deep(&node->table.items[i], left - 1)) return true;
  }
  for (uint32_t i = 0; i < node->table.pair_count; i++) {
    if (too_deep(&node->table.pairs[i].value, left - 1)) return true;
  }
  return false;
}

static void check_kinds(struct compile *c) {
  for (size_t i = 0; i < c->in->count; i++) {
    const struct declaration *d = &c->in->items[i];
    bool known = false;
    for (const char *const *kind = kinds; *kind; kind++) known |= strcmp(d->kind, *kind) == 0;
    if (!known)
      FAULT(c, "unknown_word", d->place, problem_hint(c->problems, str_of(d->kind), kinds),
            "nothing is declared by '%s'", d->kind);
    c->skipped[i] = too_deep(&d->body, NODE_DEPTH_MAX);
    if (c->skipped[i])
      FAULT(c, "too_deep", d->place, "use one_of { .. } instead of many |",
            "%s '%.*s' is nested deeper than %d", d->kind, STR_ARG(d->name), (int)NODE_DEPTH_MAX);
  }
}

static void name_lists(struct compile *c) {
  for (size_t i = 0; i < c->list_source_count; i++) {
    const struct list_source *source = &c->list_sources[i];
    names_declare(c, &c->list_files, source->name,
                  (struct place){.file = arena_str(&c->scratch, source->file).p});
  }
}

/* --- what functions may ask for ----------------------------------------------------------------------------------------- */

static void read_functions(struct compile *c) {
  struct ruleset *out = c->out;
  out->function_count = c->in->function_count;
  out->functions = arena_zalloc(c->arena, (out->function_count + 1) * sizeof *out->functions);
  for (uint32_t i = 0; i < out->function_count; i++) {
    const struct fn_info *info = &c->in->functions[i];
    out->functions[i].owner = read_keep(c, str_of(info->owner));
    out->functions[i].place = read_place(c, info->place);
    out->functions[i].file_hash = info->file_hash;
    out->functions[i].fingerprint = info->fingerprint;
    out->functions[i].gives_nothing = info->gives_nothing;
    out->functions[i].may_ask_velocity = info->may_ask_velocity;
    out->functions[i].may_ask_account = info->may_ask_account;
    out->account_all = out->account_all || info->may_ask_account;
    for (uint32_t d = 0; info->may_ask_velocity && d < out->dimension_count; d++)
      out->dimensions[d].velocity = true;
  }
}

static void read_loose_selector(struct compile *c, const struct node *node) {
  struct selecting how = {.scope = SELECT_ANY, .what = "a selector", .lifecycle = NONE};
  struct counter counter = {.times = KEEP_NEWEST};
  if (node->kind != NODE_CALL || !read_selector(c, node, &how, &counter.on)) return;
  struct ruleset *out = c->out;
  counter.written = read_written(c, node);
  out->counters = read_grow(c->arena, out->counters, out->counter_count, sizeof *out->counters);
  out->counters[out->counter_count] = counter;
  out->loose_counters =
      read_grow(c->arena, out->loose_counters, out->loose_counter_count, sizeof *out->loose_counters);
  out->loose_counters[out->loose_counter_count++] =
      (struct loose_counter){.serial = node->call.serial, .counter = (int)out->counter_count++};
}

/* --- the whole ----------------------------------------------------------------------------------------------------------- */

static void begin(struct compile *c, const struct declarations *in, const struct list_source *lists,
                  size_t list_count, struct problems *problems) {
  *c = (struct compile){
      .in = in, .list_sources = lists, .list_source_count = list_count, .problems = problems};
  c->out = ruleset_new();
  c->arena = &c->out->arena;
  arena_init(&c->scratch, 0);
  map_init(&c->files);
  map_init(&c->signal_keys);
  names_init(&c->acts, "act");
  names_init(&c->dimensions, "dimension");
  names_init(&c->groups, "group");
  names_init(&c->rules, "rule");
  names_init(&c->resets, "reset");
  names_init(&c->ignores, "ignore");
  names_init(&c->segments, "segment");
  names_init(&c->frameworks, "framework");
  names_init(&c->lifecycles, "lifecycle");
  names_init(&c->topics, "topic");
  names_init(&c->list_files, "list");
  names_init(&c->cells, "cell");
  names_init(&c->destinations, "destination");
  names_init(&c->renderers, "renderer");
  names_init(&c->effects, "effect");
  names_init(&c->receivers, "receiver");
  names_init(&c->calendars, "calendar");
  names_init(&c->slas, "sla");
  names_init(&c->assignments, "assign");
  names_init(&c->worklists, "worklist");
  names_init(&c->enrichers, "enricher");
  c->lists = arena_zalloc(&c->scratch, (list_count + 1) * sizeof *c->lists);
  c->lists_bad = arena_zalloc(&c->scratch, (list_count + 1) * sizeof *c->lists_bad);
  c->skipped = arena_zalloc(&c->scratch, (in->count + 1) * sizeof *c->skipped);
  c->out->grade_rows = c->out->grade_columns = NONE;
  c->reading_segment = NONE;
}

static void end(struct compile *c) {
  for (uint32_t i = 0; i < c->lifecycles.count; i++) names_release(&c->stages[i]);
  names_release(&c->acts);
  names_release(&c->dimensions);
  names_release(&c->groups);
  names_release(&c->rules);
  names_release(&c->resets);
  names_release(&c->ignores);
  for (uint32_t i = 0; i < c->frameworks.count; i++) names_release(&c->criteria[i]);
  names_release(&c->frameworks);
  names_release(&c->segments);
  names_release(&c->lifecycles);
  names_release(&c->topics);
  names_release(&c->list_files);
  names_release(&c->cells);
  names_release(&c->destinations);
  names_release(&c->renderers);
  names_release(&c->effects);
  names_release(&c->receivers);
  names_release(&c->calendars);
  names_release(&c->slas);
  names_release(&c->assignments);
  names_release(&c->worklists);
  names_release(&c->enrichers);
  map_release(&c->files);
  map_release(&c->signal_keys);
  arena_release(&c->scratch);
}

/* Conditions name dimensions, stages, topics and profile fields: these come first. */
static void read_all(struct compile *c) {
  check_kinds(c);
  read_directories(c, kinds);
  name_lists(c);
  read_dimensions(c);
  read_groups(c);
  read_grade(c);
  read_lifecycle_names(c);
  read_topics(c);
  read_profile(c);
  read_segment_names(c);
  read_framework_names(c);
  read_segments(c);
  read_frameworks(c);
  read_rules(c);
  read_resets(c);
  read_ignores(c);
  read_activity(c);
  read_content(c);
  read_accounts(c);
  read_identity(c);
  read_acts(c);
  read_lifecycles(c);
  read_contact(c);
  read_renderers(c);
  read_destinations(c);
  read_calendars(c);
  read_slas(c);
  read_effects(c); /* which may wait for clocks */
  read_receivers(c);
  read_assignments(c);
  for (uint32_t l = 0; l < c->out->lifecycle_count; l++)
    c->out->lifecycles[l].handed = desk_handed_stages(c->out, (int)l);
  read_worklists(c);
  read_enrichers(c);
  read_sources(c);
  for (size_t i = 0; i < c->in->loose_count; i++) read_loose_selector(c, &c->in->loose[i]);
  read_functions(c);
  read_lists_unused(c);
  order_rules(c);
  signals_keep_raw(c);
}

struct ruleset *notation_compile(const struct declarations *declarations, const struct list_source *lists,
                                 size_t list_count, const char *hash, struct problems *problems) {
  struct compile c;
  begin(&c, declarations, lists, list_count, problems);
  read_all(&c);
  end(&c);
  if (problems->errors) {
    ruleset_free(c.out);
    return NULL;
  }
  size_t len = strlen(hash);
  ASSERT(len < sizeof c.out->hash);
  memcpy(c.out->hash, hash, len + 1);
  atoms_build(c.out);
  return c.out;
}

const struct matcher *notation_matcher(const struct node *node, const char *what, struct ruleset **owner,
                                       struct problems *problems) {
  static const struct declarations none;
  struct compile c;
  size_t errors = problems->errors;
  begin(&c, &none, NULL, 0, problems);
  const struct matcher *matcher = read_matcher(&c, node, what);
  end(&c);
  *owner = c.out;
  return problems->errors == errors ? matcher : NULL;
}

bool notation_selector(const struct node *node, const char *what, struct ruleset **owner,
                       struct problems *problems) {
  static const struct declarations none;
  const struct selecting how = {.scope = SELECT_ANY, .what = what, .lifecycle = NONE};
  struct compile c;
  struct signal_set set;
  size_t errors = problems->errors;
  begin(&c, &none, NULL, 0, problems);
  bool read = read_selector(&c, node, &how, &set);
  end(&c);
  *owner = c.out;
  return read && problems->errors == errors;
}
