#include "core/journal/decide.h"

#include "base/err.h"
#include "base/text.h"
#include "core/desk/worklists.h"

/* --- the summary ---------------------------------------------------------------------------------------------------- */

struct line { /* what can be searched for, as it is */
  char text[LEADBOOK_TEXT_MAX];
  size_t len;
};

static void add_text(struct line *line, struct str text) {
  size_t room = sizeof line->text - line->len;
  if (text.len == 0 || room < 2) return;
  if (line->len) line->text[line->len++] = '\n';
  if (text.len > room - 1) text.len = room - 1;
  memcpy(line->text + line->len, text.p, text.len);
  line->len += text.len;
}

static void add_trait(struct line *line, const struct fold *fold, struct str path) {
  struct value value = fold_trait(fold, path);
  if (value.kind == VALUE_STRING) add_text(line, value_text(value));
}

/* Folding text is dear, and it seldom changes. */
static void keep_text(struct lead_entry *entry, const struct fold *fold) {
  static const struct str paths[] = {{"first_name", 10},   {"last_name", 9}, {"name", 4},
                                     {"company.name", 12}, {"company", 7},   {"email", 5}};
  struct line line = {.len = 0};
  struct buf folded;
  add_text(&line, fold_lead_id(fold));
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) add_trait(&line, fold, paths[i]);
  uint64_t hash = str_hash((struct str){line.text, line.len});
  if (entry->text && hash == entry->text_hash) return;
  buf_init(&folded);
  text_fold((struct str){line.text, line.len}, &folded);
  free(entry->text);
  entry->text = buf_detach(&folded);
  entry->text_hash = hash;
}

/* As fold_grade says it. */
static void keep_grade(struct lead_entry *entry, const struct fold *fold) {
  const struct ruleset *rules = fold_rules(fold);
  size_t len = 0;
  if (rules->grade_rows != NONE) {
    const char *const bands[] = {fold_band(fold, rules->grade_rows),
                                 rules->grade_columns != NONE ? fold_band(fold, rules->grade_columns) : ""};
    for (size_t i = 0; i < 2; i++)
      for (const char *p = bands[i]; *p && len + 1 < sizeof entry->grade; p++) entry->grade[len++] = *p;
  }
  entry->grade[len] = '\0';
}

void decide_summarise(struct lead_entry *entry, const struct fold *fold, struct decide_summary *summary) {
  const struct ruleset *rules = fold_rules(fold);
  *summary = (struct decide_summary){.first = entry->folded_ms == TIME_MIN};
  for (uint32_t i = 0; i < rules->dimension_count; i++) {
    int64_t score = fold_score(fold, (int)i);
    summary->scores_changed = summary->scores_changed || entry->scores[i] != score;
    entry->scores[i] = score;
  }
  uint64_t segments = fold_segments(fold);
  summary->joined = segments & ~entry->segments;
  summary->left = entry->segments & ~segments;
  entry->segments = segments;
  entry->lists = worklists_holding(fold);
  entry->folded_ms = fold_now(fold);
  entry->first_ms = fold_first_seen(fold);
  entry->last_ms = fold_last_seen(fold);
  entry->events = fold_events(fold);
  entry->cycle = fold_cycle(fold);
  entry->incomplete = fold_incomplete(fold);
  entry->ignored = fold_ignored(fold) != NULL;
  entry->existing = !fold_new_business(fold);
  keep_grade(entry, fold);
  keep_text(entry, fold);
}

/* Transitions recorded one by one; beside them other rules, and what was held, may each move every lifecycle once. */
enum { STEPS_MAX = DECIDE_MAX - 2 * LEADBOOK_LIFECYCLES };

/* --- stages ---------------------------------------------------------------------------------------------------------- */

static uint64_t hash_on(uint64_t hash, const struct fold_transition *transition) {
  const int64_t parts[] = {(int64_t)hash, transition->lifecycle, transition->from, transition->to,
                           transition->time_ms};
  return str_hash((struct str){(const char *)parts, sizeof parts});
}

static uint64_t hash_transitions(const struct fold_transition *transitions, uint32_t count) {
  uint64_t hash = 0;
  for (uint32_t i = 0; i < count; i++) hash = hash_on(hash, &transitions[i]);
  return hash;
}

struct deciding {
  struct leadbook *book;
  struct lead_entry *entry;
  const struct fold *fold;
  const struct decide_rules *rules;
  int64_t now_ms;
  enum touch_reason reason;
  struct decided *out;
  size_t count;
};

static uint16_t stage_number(struct deciding *d, int lifecycle, int stage) {
  return leadbook_intern(d->book, str_of(fold_rules(d->fold)->lifecycles[lifecycle].stages[stage]));
}

static uint16_t recorded_stage(struct deciding *d, int lifecycle) {
  uint16_t recorded = d->entry->recorded[lifecycle];
  return recorded ? recorded : stage_number(d, lifecycle, fold_rules(d->fold)->lifecycles[lifecycle].start);
}

/* The transition, as going from the recorded stage. */
static void record(struct deciding *d, const struct fold_transition *t, enum cause cause) {
  ASSERT(d->count < DECIDE_MAX);
  int lifecycle = t->lifecycle;
  const struct lifecycle *of = &fold_rules(d->fold)->lifecycles[lifecycle];
  struct touch_act act = {.lifecycle = NONE};
  struct decision decision = {.lifecycle = leadbook_intern(d->book, str_of(of->name)),
                              .from = recorded_stage(d, lifecycle),
                              .to = stage_number(d, lifecycle, t->to),
                              .ruleset = d->rules->ruleset,
                              .move = leadbook_intern(d->book, STR("")),
                              .cause = (uint8_t)cause,
                              .existing = !fold_new_business(d->fold),
                              .cycle = t->cycle,
                              .at_ms = t->time_ms,
                              .decided_ms = d->now_ms};
  if (t->move != NONE && of->moves[t->move].doc)
    decision.move = leadbook_intern(d->book, str_of(of->moves[t->move].doc));
  if (t->act) {
    act = *t->act;
    decision.act = &act;
  }
  d->out[d->count++] = (struct decided){.number = leadbook_decide(d->book, d->entry, lifecycle, &decision),
                                        .derived_count = DECIDE_UNCOMPARED};
}

/* A start reads decisions that lie behind the event which made two leads one without having known of it: then the very move may be on record,
 * as one of somebody who is part of this lead by now. What a correction undid may come again, and what a merge did: of two leads the
 * further stage stayed, and that the lead left it has to be recorded, though it once was. */
static bool is_on_record(struct deciding *d, const struct fold_transition *t) {
  if (!d->rules->first) return false;
  uint16_t name = leadbook_find_name(d->book, str_of(fold_rules(d->fold)->lifecycles[t->lifecycle].name));
  uint16_t from = stage_number(d, t->lifecycle, t->from), to = stage_number(d, t->lifecycle, t->to);
  const struct decision *known = leadbook_decision(d->book, d->entry->decisions);
  for (size_t i = 0; i < d->count; i++) known = leadbook_decision(d->book, known->older); /* made just now */
  for (; known; known = leadbook_decision(d->book, known->older)) {
    if (known->lifecycle != name) continue;
    if (known->cause != CAUSE_RULE && known->cause != CAUSE_PERSON && known->cause != CAUSE_IMPORT)
      return false;
    if (known->from == from && known->to == to && known->at_ms == t->time_ms) return true;
  }
  return false;
}

/* How much of the fold's history has been compared when the decision that was recorded last is the last that is known. */
static void mark_compared(struct deciding *d, uint32_t count, uint64_t hash) {
  if (d->count == 0) return;
  d->out[d->count - 1].derived_count = count;
  d->out[d->count - 1].derived_hash = hash;
}

static void go_on(struct deciding *d, const struct fold_transition *transitions, uint32_t count) {
  uint64_t hash = d->entry->derived_hash;
  for (uint32_t i = 0; i < count; i++) {
    const struct fold_transition *t = &transitions[i];
    uint16_t to = stage_number(d, t->lifecycle, t->to);
    hash = hash_on(hash, t);
    if (to == recorded_stage(d, t->lifecycle)) continue; /* it takes back what was held */
    if (is_on_record(d, t)) {
      leadbook_stand(d->entry, t->lifecycle, to, t->time_ms);
      continue;
    }
    record(d, t, d->reason == TOUCH_IMPORT ? CAUSE_IMPORT : t->act ? CAUSE_PERSON : CAUSE_RULE);
    mark_compared(d, d->entry->derived_count + i + 1, hash);
  }
}

/* Where the fold's history stood before what is new of it is where the record stands, unless the difference is held. After a start
 * it may not: a decision can lie behind the event that made two leads one, without having known of it. */
static bool starts_from_record(struct deciding *d, const struct fold_transition *transitions, uint32_t known,
                               uint32_t count) {
  if (d->rules->mode != DECIDE_NOW) return true;
  for (uint32_t i = 0; i < fold_rules(d->fold)->lifecycle_count; i++) {
    uint32_t first = known;
    while (first < count && transitions[first].lifecycle != (int)i) first++;
    int stage = first < count ? transitions[first].from : fold_stage(d->fold, (int)i);
    if (stage_number(d, (int)i, stage) != recorded_stage(d, (int)i)) return false;
  }
  return true;
}

/* --- the past is not what it was: what counts is where the lead stands ------------------------------------------------- */

static bool is_recorded(const struct deciding *d, const struct fold_transition *t) {
  uint32_t number = d->entry->decisions;
  for (const struct decision *known; number; number = known->older) {
    known = leadbook_decision(d->book, number);
    if (known->act && known->at_ms == t->time_ms && str_eq(known->act->name, t->act->name)) return true;
  }
  return false;
}

/* The act by which the fold is where it is, unless it is recorded: it came together with late events. */
static const struct fold_transition *unrecorded_act(const struct deciding *d, int lifecycle) {
  uint32_t count;
  const struct fold_transition *transitions = fold_transitions(d->fold, &count);
  while (count && transitions[count - 1].lifecycle != lifecycle) count--;
  const struct fold_transition *last = count ? &transitions[count - 1] : NULL;
  return last && last->act && !is_recorded(d, last) ? last : NULL;
}

/* Where it stands, as a transition; the oldest first. */
static void insert(struct fold_transition all[LEADBOOK_LIFECYCLES], uint32_t *count,
                   const struct fold_transition *one) {
  uint32_t at = (*count)++;
  for (; at > 0 && all[at - 1].time_ms > one->time_ms; at--) all[at] = all[at - 1];
  all[at] = *one;
}

static void record_all(struct deciding *d, const struct fold_transition *all, uint32_t count,
                       enum cause cause) {
  for (uint32_t i = 0; i < count; i++)
    record(d, &all[i], all[i].act && cause != CAUSE_IMPORT ? CAUSE_PERSON : cause);
}

static bool is_held(const struct deciding *d, int lifecycle, uint16_t stage) {
  return d->rules->mode == DECIDE_HOLD && d->entry->would[lifecycle] == stage;
}

/* The lifecycles in which the stage is another than the recorded one. */
static uint32_t differing(struct deciding *d, struct fold_transition all[LEADBOOK_LIFECYCLES]) {
  uint32_t count = 0;
  for (int i = 0; i < (int)fold_rules(d->fold)->lifecycle_count; i++) {
    uint16_t stage = stage_number(d, i, fold_stage(d->fold, i));
    if (stage == recorded_stage(d, i) || is_held(d, i, stage)) continue;
    const struct fold_transition *act = unrecorded_act(d, i);
    const struct fold_transition stands = {.lifecycle = i,
                                           .to = fold_stage(d->fold, i),
                                           .move = NONE,
                                           .time_ms = fold_stage_since(d->fold, i),
                                           .cycle = fold_cycle(d->fold)};
    insert(all, &count, act ? act : &stands);
  }
  return count;
}

static void correct(struct deciding *d) {
  const struct lead_entry *entry = d->entry;
  struct fold_transition all[LEADBOOK_LIFECYCLES];
  uint32_t count = differing(d, all);
  enum cause cause = CAUSE_CORRECTION;
  if (entry->ruleset && entry->ruleset != d->rules->ruleset) cause = CAUSE_RULESET;
  if (entry->merged) cause = CAUSE_MERGE;
  if (d->reason == TOUCH_IMPORT) cause = CAUSE_IMPORT;
  record_all(d, all, count, cause);
}

/* --- other rules ------------------------------------------------------------------------------------------------------- */

/* Where the lead stood after those transitions. */
static struct fold_transition stood(const struct deciding *d, int lifecycle,
                                    const struct fold_transition *transitions, uint32_t count) {
  while (count && transitions[count - 1].lifecycle != lifecycle) count--;
  struct fold_transition stood = {.lifecycle = lifecycle,
                                  .to = fold_rules(d->fold)->lifecycles[lifecycle].start,
                                  .time_ms = fold_first_seen(d->fold),
                                  .cycle = fold_cycle(d->fold)};
  if (count) stood = transitions[count - 1];
  if (stood.act && is_recorded(d, &stood)) stood.act = NULL;
  if (!stood.act) stood.move = NONE; /* not this move, but other rules */
  return stood;
}

/* Other rules are in charge: what they see differently up to the instant at which they took over is their doing. From there
 * on things go as always. */
static void take_over(struct deciding *d, const struct fold_transition *transitions, uint32_t count) {
  struct fold_transition all[LEADBOOK_LIFECYCLES];
  uint32_t known = 0, moved = 0;
  while (known < count && transitions[known].time_ms <= d->rules->since_ms) known++;
  for (int i = 0; i < (int)fold_rules(d->fold)->lifecycle_count; i++) {
    const struct fold_transition standing = stood(d, i, transitions, known);
    bool moves = stage_number(d, i, standing.to) != recorded_stage(d, i);
    if (moves && (d->rules->mode != DECIDE_HOLD || standing.act)) insert(all, &moved, &standing);
  }
  record_all(d, all, moved, CAUSE_RULESET);
  d->entry->derived_count = known;
  d->entry->derived_hash = hash_transitions(transitions, known);
  mark_compared(d, known, d->entry->derived_hash);
  if (count > known) go_on(d, transitions + known, count - known);
}

/* What was recorded of the lead last was decided before the present rules took over. The process that they took over in folded it under
 * them then, and where it stood had not to be recorded. A new process must not take for news what they see differently up to
 * that instant: if they put the lead where the record has it, that is compared. */
static void recall_take_over(struct deciding *d, const struct fold_transition *transitions, uint32_t count) {
  const struct decision *last = leadbook_decision(d->book, d->entry->decisions);
  uint32_t known = 0;
  if (!d->entry->recalled || d->rules->since_ms == TIME_NEVER || d->entry->merged) return;
  if (last && last->decided_ms > d->rules->since_ms) return;
  while (known < count && transitions[known].time_ms <= d->rules->since_ms) known++;
  for (int i = 0; i < (int)fold_rules(d->fold)->lifecycle_count; i++)
    if (stage_number(d, i, stood(d, i, transitions, known).to) != recorded_stage(d, i)) return;
  d->entry->derived_count = known;
  d->entry->derived_hash = hash_transitions(transitions, known);
}

/* What an earlier process had folded and where nothing had to be recorded, as after a correction that changed no stage, is not known from
 * the journal. If what it has seen puts the lead where the record has it, that is compared. */
static void recall_seen(struct deciding *d, const struct fold_transition *transitions, uint32_t count) {
  uint32_t known = 0;
  if (d->rules->seen_ms == TIME_MIN || d->entry->merged) return;
  while (known < count && transitions[known].time_ms <= d->rules->seen_ms) known++;
  if (known <= d->entry->derived_count) return;
  for (int i = 0; i < (int)fold_rules(d->fold)->lifecycle_count; i++)
    if (stage_number(d, i, stood(d, i, transitions, known).to) != recorded_stage(d, i)) return;
  d->entry->derived_count = known;
  d->entry->derived_hash = hash_transitions(transitions, known);
}

/* --- the whole --------------------------------------------------------------------------------------------------------- */

/* From here on only what comes after this fold's history is new. */
static void compared(struct lead_entry *entry, const struct fold *fold, uint16_t ruleset) {
  uint32_t count;
  const struct fold_transition *transitions = fold_transitions(fold, &count);
  entry->derived_count = count;
  entry->derived_hash = hash_transitions(transitions, count);
  entry->ruleset = ruleset;
  entry->merged = entry->recalled = false;
}

/* When all has been compared, only what is or was held can be left. */
static void look_at_held(struct deciding *d) {
  struct fold_transition all[LEADBOOK_LIFECYCLES];
  memset(d->entry->would, 0, sizeof d->entry->would);
  if (d->rules->mode == DECIDE_NOW) return;
  uint32_t count = differing(d, all);
  if (d->rules->mode == DECIDE_SETTLE) record_all(d, all, count, CAUSE_RULESET);
  if (d->rules->mode != DECIDE_HOLD) return;
  for (uint32_t i = 0; i < count; i++)
    d->entry->would[all[i].lifecycle] = stage_number(d, all[i].lifecycle, all[i].to);
}

size_t decide_stages(struct leadbook *book, struct lead_entry *entry, const struct fold *fold,
                     const struct decide_rules *rules, int64_t now_ms, enum touch_reason reason,
                     struct decided out[DECIDE_MAX]) {
  struct deciding d = {book, entry, fold, rules, now_ms, reason, out, 0};
  uint32_t count;
  const struct fold_transition *transitions = fold_transitions(fold, &count);
  recall_take_over(&d, transitions, count);
  bool same_rules = !entry->ruleset || entry->ruleset == rules->ruleset;
  if (same_rules) recall_seen(&d, transitions, count);
  uint32_t known = entry->derived_count;
  bool continues = same_rules && !entry->merged && count >= known && count - known <= STEPS_MAX &&
                   hash_transitions(transitions, known) == entry->derived_hash &&
                   starts_from_record(&d, transitions, known, count);
  if (!same_rules && !entry->merged && reason != TOUCH_IMPORT && count <= STEPS_MAX)
    take_over(&d, transitions, count);
  else if (!continues)
    correct(&d);
  else if (count > known)
    go_on(&d, transitions + known, count - known);
  look_at_held(&d);
  compared(entry, fold, rules->ruleset);
  mark_compared(&d, entry->derived_count, entry->derived_hash);
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
