#include "model/match/atoms.h"

#include "base/err.h"
#include "base/map.h"

struct test {
  uint32_t field;
  const struct matcher *matcher;
};

struct pattern {              /* an atom with its fields numbered */
  const struct matcher *name; /* NULL: none, or the bucket's name is the test */
  const struct test *tests;
  uint32_t test_count;
  uint32_t signal;
};

struct bucket {
  struct pattern *patterns;
  uint32_t count;
};

struct type_index { /* the patterns for one type of event */
  struct map names; /* exact name -> number of its bucket */
  struct bucket *named;
  struct bucket generic; /* tried whatever the name */
};

struct atom_index {
  struct arena arena;
  struct type_index types[EVENT_TYPES];
  const struct field **fields; /* different ones: what patterns test and signals capture */
  uint32_t field_count;
  int32_t *captured; /* by signal: the field's number, or NONE */
};

/* --- building -------------------------------------------------------------------------------------------------- */

static bool same_field(const struct field *a, const struct field *b) {
  return a->root == b->root && a->or_page == b->or_page && str_eq(a->path, b->path);
}

/* Linear in the fields known: rule sets test a few dozen different ones. */
static uint32_t number_field(struct atom_index *index, const struct field *field) {
  for (uint32_t i = 0; i < index->field_count; i++)
    if (same_field(index->fields[i], field)) return i;
  index->fields[index->field_count] = field;
  return index->field_count++;
}

static struct pattern pattern_of(struct atom_index *index, const struct atom *atom) {
  struct test *tests = arena_alloc(&index->arena, atom->test_count * sizeof *tests);
  for (uint32_t i = 0; i < atom->test_count; i++)
    tests[i] = (struct test){number_field(index, &atom->tests[i].field), atom->tests[i].matcher};
  return (struct pattern){.name = atom->name.p ? NULL : atom->name_matcher,
                          .tests = tests,
                          .test_count = atom->test_count,
                          .signal = atom->signal};
}

static struct bucket *bucket_of(struct type_index *type, const struct atom *atom) {
  return atom->name.p ? &type->named[map_get(&type->names, atom->name)] : &type->generic;
}

/* Two passes over the type's atoms: one counts each bucket's patterns, one fills them in. */
static void build_type(struct atom_index *index, const struct ruleset *rules, const struct pattern *patterns,
                       enum event_type wanted) {
  struct type_index *type = &index->types[wanted];
  const struct atom *atoms = rules->atoms;
  for (uint32_t i = 0; i < rules->atom_count; i++)
    if (atoms[i].types >> wanted & 1 && atoms[i].name.p) map_intern(&type->names, atoms[i].name);
  type->named = arena_zalloc(&index->arena, type->names.count * sizeof *type->named);
  for (uint32_t i = 0; i < rules->atom_count; i++)
    if (atoms[i].types >> wanted & 1) bucket_of(type, &atoms[i])->count++;
  for (uint32_t i = 0; i < rules->atom_count; i++) {
    if (!(atoms[i].types >> wanted & 1)) continue;
    struct bucket *bucket = bucket_of(type, &atoms[i]);
    if (!bucket->patterns) {
      bucket->patterns = arena_alloc(&index->arena, bucket->count * sizeof *bucket->patterns);
      bucket->count = 0;
    }
    bucket->patterns[bucket->count++] = patterns[i];
  }
}

static void number_captures(struct atom_index *index, const struct ruleset *rules) {
  index->captured = arena_alloc(&index->arena, rules->signal_count * sizeof *index->captured);
  for (uint32_t i = 0; i < rules->signal_count; i++) {
    const struct signal *signal = &rules->signals[i];
    index->captured[i] = signal->captures ? (int32_t)number_field(index, &signal->capture) : NONE;
  }
}

static uint32_t most_fields(const struct ruleset *rules) {
  uint32_t most = rules->signal_count;
  for (uint32_t i = 0; i < rules->atom_count; i++) most += rules->atoms[i].test_count;
  return most;
}

void atoms_build(struct ruleset *rules) {
  ASSERT(!rules->atom_index && rules->signal_count <= RULESET_MAX_SIGNALS);
  struct atom_index *index = xcalloc(1, sizeof *index);
  arena_init(&index->arena, 0);
  index->fields = arena_alloc(&index->arena, most_fields(rules) * sizeof *index->fields);
  struct pattern *patterns = arena_alloc(&index->arena, rules->atom_count * sizeof *patterns);
  for (uint32_t i = 0; i < rules->atom_count; i++) {
    ASSERT(rules->atoms[i].signal < rules->signal_count);
    patterns[i] = pattern_of(index, &rules->atoms[i]);
  }
  number_captures(index, rules);
  for (int type = 0; type < EVENT_TYPES; type++) {
    map_init(&index->types[type].names);
    build_type(index, rules, patterns, (enum event_type)type);
  }
  rules->atom_index = index;
}

void atoms_free(struct atom_index *index) {
  if (!index) return;
  for (int type = 0; type < EVENT_TYPES; type++) map_release(&index->types[type].names);
  arena_release(&index->arena);
  free(index);
}

void atom_hits_init(struct atom_hits *hits, const struct ruleset *rules) {
  *hits = (struct atom_hits){.field_count = rules->atom_index->field_count};
  hits->seen_words = rules->signal_count / 64 + 1;
  hits->seen = xcalloc(hits->seen_words, sizeof *hits->seen);
  hits->fields = xcalloc(hits->field_count + 1, sizeof *hits->fields);
}

void atom_hits_release(struct atom_hits *hits) {
  free(hits->signals);
  free(hits->captures);
  free(hits->seen);
  free(hits->fields);
  *hits = (struct atom_hits){0};
}

/* --- matching -------------------------------------------------------------------------------------------------- */

struct match { /* one event against the index */
  const struct atom_index *index;
  const struct event *event;
  struct arena *scratch;
  struct atom_hits *hits;
};

static struct value look_up(const struct match *match, uint32_t field) {
  struct atom_field *known = &match->hits->fields[field];
  if (known->round != match->hits->round) {
    known->value = field_value(match->index->fields[field], match->event, match->scratch);
    known->round = match->hits->round;
  }
  return known->value;
}

static bool holds(const struct match *match, const struct pattern *pattern) {
  int64_t now = match->event->time_ms;
  if (pattern->name && matcher_eval(pattern->name, value_str(match->event->name), now) != TRUTH_YES)
    return false;
  for (uint32_t i = 0; i < pattern->test_count; i++) {
    const struct test *test = &pattern->tests[i];
    if (matcher_eval(test->matcher, look_up(match, test->field), now) != TRUTH_YES) return false;
  }
  return true;
}

static void grow(struct atom_hits *hits) {
  hits->cap = hits->cap ? hits->cap * 2 : 16;
  hits->signals = xrealloc(hits->signals, hits->cap * sizeof *hits->signals);
  hits->captures = xrealloc(hits->captures, hits->cap * sizeof *hits->captures);
}

static void try_bucket(const struct match *match, const struct bucket *bucket) {
  for (uint32_t i = 0; i < bucket->count; i++) {
    const struct pattern *pattern = &bucket->patterns[i];
    uint64_t *word = &match->hits->seen[pattern->signal / 64];
    uint64_t bit = UINT64_C(1) << pattern->signal % 64;
    if (!(*word & bit) && holds(match, pattern)) *word |= bit;
  }
}

static void take_signal(const struct match *match, uint32_t signal) {
  struct atom_hits *hits = match->hits;
  int32_t field = match->index->captured[signal];
  if (hits->count == hits->cap) grow(hits);
  hits->signals[hits->count] = (uint16_t)signal;
  hits->captures[hits->count++] = field == NONE ? 0 : field_hash(look_up(match, (uint32_t)field));
}

/* Reads the bit set out, which sorts it, and clears it. */
static void take_signals(const struct match *match) {
  struct atom_hits *hits = match->hits;
  for (uint32_t i = 0; i < hits->seen_words; i++) {
    for (; hits->seen[i]; hits->seen[i] &= hits->seen[i] - 1)
      take_signal(match, i * 64 + (uint32_t)__builtin_ctzll(hits->seen[i]));
  }
}

static void next_round(struct atom_hits *hits) {
  hits->count = 0;
  if (++hits->round != 0) return;
  for (uint32_t i = 0; i < hits->field_count; i++) hits->fields[i].round = 0;
  hits->round = 1;
}

void atoms_match(const struct ruleset *rules, const struct event *event, struct arena *scratch,
                 struct atom_hits *hits) {
  const struct match match = {rules->atom_index, event, scratch, hits};
  const struct type_index *type = &rules->atom_index->types[event->type];
  next_round(hits);
  uint32_t named = map_get(&type->names, event->name);
  if (named != MAP_NONE) try_bucket(&match, &type->named[named]);
  try_bucket(&match, &type->generic);
  take_signals(&match);
}
