#include "core/decide.h"

#include "base/err.h"
#include "base/text.h"
#include "core/row.h"

/* --- the summary ---------------------------------------------------------------------------------------------------- */

static void keep_text(struct lead_entry *entry, const struct row *row, const struct fold *fold) {
  struct buf raw, folded;
  struct value email = fold_trait(fold, STR("email"));
  buf_init(&raw);
  buf_init(&folded);
  buf_printf(&raw, "%.*s\n%.*s\n%.*s", STR_ARG(row->name), STR_ARG(row->company), STR_ARG(row->lead));
  if (email.kind == VALUE_STRING) buf_printf(&raw, "\n%.*s", STR_ARG(value_text(email)));
  text_fold(buf_str(&raw), &folded);
  if (folded.len > LEADBOOK_TEXT_MAX) folded.len = LEADBOOK_TEXT_MAX;
  if (!entry->text || !str_eq(str_of(entry->text), buf_str(&folded))) {
    free(entry->text);
    entry->text = xcalloc(1, folded.len + 1);
    memcpy(entry->text, folded.data, folded.len);
  }
  buf_release(&raw);
  buf_release(&folded);
}

void decide_summarise(struct lead_entry *entry, const struct fold *fold, struct decide_summary *summary) {
  const struct ruleset *rules = fold_rules(fold);
  struct arena arena;
  struct row row;
  arena_init(&arena, 4096);
  row_make(&row, fold, &arena);
  *summary = (struct decide_summary){.first = entry->folded_ms == TIME_MIN};
  for (uint32_t i = 0; i < rules->dimension_count; i++) {
    summary->scores_changed = summary->scores_changed || entry->scores[i] != row.scores[i];
    entry->scores[i] = row.scores[i];
  }
  entry->folded_ms = fold_now(fold);
  entry->first_ms = row.first_ms;
  entry->last_ms = row.last_ms;
  entry->events = row.events;
  entry->cycle = fold_cycle(fold);
  entry->incomplete = row.incomplete;
  entry->ignored = fold_ignored(fold) != NULL;
  snprintf(entry->grade, sizeof entry->grade, "%s", row.grade);
  keep_text(entry, &row, fold);
  arena_release(&arena);
}

/* --- stages ---------------------------------------------------------------------------------------------------------- */

static uint64_t hash_transitions(const struct fold_transition *transitions, uint32_t count) {
  uint64_t hash = 0;
  for (uint32_t i = 0; i < count; i++) {
    const int64_t parts[] = {(int64_t)hash, transitions[i].lifecycle, transitions[i].from, transitions[i].to,
                             transitions[i].time_ms};
    hash = str_hash((struct str){(const char *)parts, sizeof parts});
  }
  return hash;
}

struct deciding {
  struct leadbook *book;
  struct lead_entry *entry;
  const struct fold *fold;
  uint16_t ruleset;
  int64_t now_ms;
  enum touch_reason reason;
  uint32_t *out;
  size_t count;
};

static uint16_t stage_number(struct deciding *d, int lifecycle, int stage) {
  return leadbook_intern(d->book, str_of(fold_rules(d->fold)->lifecycles[lifecycle].stages[stage]));
}

static uint16_t recorded_stage(struct deciding *d, int lifecycle) {
  uint16_t recorded = d->entry->recorded[lifecycle];
  return recorded ? recorded : stage_number(d, lifecycle, fold_rules(d->fold)->lifecycles[lifecycle].start);
}

static void record(struct deciding *d, int lifecycle, uint16_t to, const char *move, enum cause cause,
                   int64_t at_ms, uint32_t cycle) {
  if (d->count == DECIDE_MAX) return;
  const struct decision decision = {
      .lifecycle = leadbook_intern(d->book, str_of(fold_rules(d->fold)->lifecycles[lifecycle].name)),
      .from = recorded_stage(d, lifecycle),
      .to = to,
      .ruleset = d->ruleset,
      .move = leadbook_intern(d->book, str_of(move)),
      .cause = (uint8_t)cause,
      .cycle = cycle,
      .at_ms = at_ms,
      .decided_ms = d->now_ms};
  d->out[d->count++] = leadbook_decide(d->book, d->entry, lifecycle, &decision);
}

static void go_on(struct deciding *d, const struct fold_transition *transitions, uint32_t count) {
  for (uint32_t i = 0; i < count && d->count < DECIDE_MAX; i++) {
    const struct fold_transition *t = &transitions[i];
    const struct lifecycle *lifecycle = &fold_rules(d->fold)->lifecycles[t->lifecycle];
    uint16_t to = stage_number(d, t->lifecycle, t->to);
    const char *doc = lifecycle->moves[t->move].doc;
    record(d, t->lifecycle, to, doc ? doc : "", d->reason == TOUCH_IMPORT ? CAUSE_IMPORT : CAUSE_RULE,
           t->time_ms, t->cycle);
  }
}

/* The past is not what it was: what counts is where the lead stands. */
static void correct(struct deciding *d) {
  const struct lead_entry *entry = d->entry;
  enum cause cause = CAUSE_CORRECTION;
  if (entry->ruleset && entry->ruleset != d->ruleset) cause = CAUSE_RULESET;
  if (entry->merged) cause = CAUSE_MERGE;
  if (d->reason == TOUCH_IMPORT) cause = CAUSE_IMPORT;
  for (uint32_t i = 0; i < fold_rules(d->fold)->lifecycle_count; i++) {
    uint16_t stage = stage_number(d, (int)i, fold_stage(d->fold, (int)i));
    if (stage == recorded_stage(d, (int)i)) continue;
    record(d, (int)i, stage, "", cause, fold_stage_since(d->fold, (int)i), fold_cycle(d->fold));
  }
}

/* From here on only what comes after this fold's history is new. */
static void compared(struct lead_entry *entry, const struct fold *fold, uint16_t ruleset) {
  uint32_t count;
  const struct fold_transition *transitions = fold_transitions(fold, &count);
  entry->derived_count = count;
  entry->derived_hash = hash_transitions(transitions, count);
  entry->ruleset = ruleset;
  entry->merged = false;
}

size_t decide_stages(struct leadbook *book, struct lead_entry *entry, const struct fold *fold,
                     uint16_t ruleset, int64_t now_ms, enum touch_reason reason, uint32_t out[DECIDE_MAX]) {
  struct deciding d = {book, entry, fold, ruleset, now_ms, reason, out, 0};
  uint32_t count;
  const struct fold_transition *transitions = fold_transitions(fold, &count);
  uint32_t known = entry->derived_count;
  bool same_rules = !entry->ruleset || entry->ruleset == ruleset;
  if (same_rules && !entry->merged && count >= known &&
      hash_transitions(transitions, known) == entry->derived_hash && count - known <= DECIDE_MAX)
    go_on(&d, transitions + known, count - known);
  else
    correct(&d);
  compared(entry, fold, ruleset);
  return d.count;
}

bool decide_try(struct leadbook *book, struct lead_entry *entry, const struct fold *fold, uint16_t ruleset) {
  struct deciding d = {.book = book, .entry = entry, .fold = fold};
  bool differs = false;
  for (uint32_t i = 0; i < fold_rules(fold)->lifecycle_count; i++) {
    uint16_t stage = stage_number(&d, (int)i, fold_stage(fold, (int)i));
    entry->would[i] = stage == recorded_stage(&d, (int)i) ? 0 : stage;
    differs = differs || entry->would[i];
  }
  if (!differs) compared(entry, fold, ruleset);
  return differs;
}
