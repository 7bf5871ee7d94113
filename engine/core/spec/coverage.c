#include "core/spec/coverage.h"

#include "core/intake/normalise.h"
#include "core/spec/coverage_private.h"
#include "model/match/atoms.h"

uint32_t coverage_flat(const struct ruleset *rules, enum covered_kind kind, uint32_t lifecycle,
                       uint32_t index) {
  if (kind != COVERED_MOVE && kind != COVERED_GATE) return index;
  for (uint32_t l = 0; l < lifecycle; l++)
    index += kind == COVERED_MOVE ? rules->lifecycles[l].move_count : rules->lifecycles[l].gate_count;
  return index;
}

void coverage_note(struct coverage *coverage, enum covered_kind kind, uint32_t flat, int sight,
                   uint32_t detail) {
  const uint32_t *starts = coverage->starts[kind];
  for (uint32_t i = starts[flat]; i < starts[flat + 1]; i++)
    if (coverage->signs[i].sight == sight && coverage->signs[i].detail == detail) coverage->now[i] = true;
}

static void saw(void *context, enum sight sight, uint32_t index, uint32_t detail) {
  struct coverage *coverage = context;
  const struct ruleset *rules = coverage->rules;
  switch (sight) {
  case SAW_RESET: coverage_note(coverage, COVERED_RESET, index, sight, 0); break;
  case SAW_MOVED:
  case SAW_WAITED:
    coverage_note(coverage, COVERED_MOVE, coverage_flat(rules, COVERED_MOVE, index, detail), sight, 0);
    break;
  case SAW_PASSED:
  case SAW_REFUSED:
    coverage_note(coverage, COVERED_GATE, coverage_flat(rules, COVERED_GATE, index, detail), sight, 0);
    break;
  default: coverage_note(coverage, COVERED_RULE, index, sight, detail); break;
  }
}

struct coverage *coverage_new(const struct ruleset *rules) {
  struct coverage *coverage = xcalloc(1, sizeof *coverage);
  coverage->rules = rules;
  coverage->witness = (struct witness){coverage, saw};
  arena_init(&coverage->arena, 0);
  coverage_list(coverage);
  coverage->now = arena_zalloc(&coverage->arena, (coverage->count + 1) * sizeof *coverage->now);
  return coverage;
}

void coverage_free(struct coverage *coverage) {
  if (!coverage) return;
  arena_release(&coverage->arena);
  free(coverage);
}

const struct witness *coverage_witness(const struct coverage *coverage) {
  return &coverage->witness;
}

/* --- what a fold says by itself ---------------------------------------------------------------------------------------- */

static void read_part(struct coverage *coverage, const struct fold_part *part) {
  uint32_t rule = (uint32_t)part->rule;
  if (part->suspended && part->raw) coverage_note(coverage, COVERED_RULE, rule, SAW_SUSPENDED, 0);
  if (!part->suspended && part->raw != part->held) coverage_note(coverage, COVERED_RULE, rule, SAW_CAPPED, 0);
}

static void read_bounds(struct coverage *coverage, enum covered_kind kind, int index, int64_t sum,
                        int64_t held) {
  if (sum > held) coverage_note(coverage, kind, (uint32_t)index, SAW_AT_MAX, 0);
  if (sum < held) coverage_note(coverage, kind, (uint32_t)index, SAW_AT_MIN, 0);
}

void coverage_read(struct coverage *coverage, const struct fold *fold) {
  const struct ignore *ignored = fold_ignored(fold);
  struct arena scratch;
  arena_init(&scratch, 0);
  for (uint32_t d = 0; d < coverage->rules->dimension_count; d++) {
    struct fold_parts parts;
    fold_explain(fold, (int)d, &scratch, &parts);
    for (uint32_t i = 0; i < parts.count; i++) read_part(coverage, &parts.parts[i]);
    for (uint32_t i = 0; i < parts.group_count; i++)
      read_bounds(coverage, COVERED_GROUP, parts.groups[i].group, parts.groups[i].sum, parts.groups[i].held);
    read_bounds(coverage, COVERED_DIMENSION, (int)d, parts.unclamped, parts.score);
  }
  if (ignored)
    coverage_note(coverage, COVERED_IGNORE, (uint32_t)(ignored - coverage->rules->ignores), SAW_TAKEN, 0);
  coverage_read_desk(coverage, fold);
  arena_release(&scratch);
}

/* --- events that leave no touch ------------------------------------------------------------------------------------------ */

static bool hits_any(const struct atom_hits *hits, const struct signal_set *set) {
  for (uint32_t i = 0; i < hits->count; i++)
    for (uint32_t k = 0; k < set->count; k++)
      if (hits->signals[i] == set->ids[k]) return true;
  return false;
}

static void note_ignores(struct coverage *coverage, const struct event *event) {
  struct atom_hits hits;
  struct arena scratch;
  arena_init(&scratch, 0);
  atom_hits_init(&hits, coverage->rules);
  atoms_match(coverage->rules, event, &scratch, &hits);
  for (uint32_t i = 0; i < coverage->rules->ignore_count; i++)
    if (hits_any(&hits, &coverage->rules->ignores[i].on))
      coverage_note(coverage, COVERED_IGNORE, i, SAW_TAKEN, 0);
  atom_hits_release(&hits);
  arena_release(&scratch);
}

void coverage_ignored(struct coverage *coverage, struct str event_json) {
  struct json_reader *reader = json_reader_new();
  struct normalised normalised = {0};
  struct normalise_context how = {.source = STR("test"), .batch_sent_ms = TIME_NEVER};
  struct json_ref root;
  struct err err;
  if (json_parse(reader, event_json.p, event_json.len, &root, &err) == 0 &&
      normalise_event(root, &how, &normalised) == REJECT_NONE)
    note_ignores(coverage, &normalised.event);
  json_reader_free(reader);
}

/* --- test by test ---------------------------------------------------------------------------------------------------------- */

void coverage_begin(struct coverage *coverage) {
  memset(coverage->now, 0, coverage->count * sizeof *coverage->now);
}

void coverage_end(struct coverage *coverage) {
  for (uint32_t i = 0; i < coverage->count; i++) coverage->outcomes[i].tests += coverage->now[i];
}

bool coverage_saw(const struct coverage *coverage, uint32_t outcome) {
  return coverage->now[outcome];
}

const struct outcome *coverage_outcomes(const struct coverage *coverage, uint32_t *count) {
  *count = coverage->count;
  return coverage->outcomes;
}

uint32_t coverage_required(const struct coverage *coverage, uint32_t *seen) {
  uint32_t required = 0;
  *seen = 0;
  for (uint32_t i = 0; i < coverage->count; i++) {
    required += coverage->outcomes[i].required;
    *seen += coverage->outcomes[i].required && coverage->outcomes[i].tests > 0;
  }
  return required;
}

double coverage_percent(const struct coverage *coverage) {
  uint32_t seen, required = coverage_required(coverage, &seen);
  return required ? 100.0 * seen / required : 100;
}

const char *coverage_kind_word(enum covered_kind kind) {
  static const char *const words[] = {"dimension", "group",   "rule",      "reset",     "ignore", "move",
                                      "gate",      "segment", "framework", "criterion", "sla",    "worklist"};
  return words[kind];
}
