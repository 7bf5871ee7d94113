#include "model/fold/fold_private.h"

const struct ruleset *fold_rules(const struct fold *fold) {
  return fold->rules;
}
int64_t fold_now(const struct fold *fold) {
  return fold->now;
}
struct str fold_lead_id(const struct fold *fold) {
  return fold->lead_id;
}
struct str fold_account(const struct fold *fold) {
  return fold->account;
}
bool fold_account_by_domain(const struct fold *fold) {
  return fold->account.len && !str_eq(fold->account, fold->said_account);
}
bool fold_new_business(const struct fold *fold) {
  const struct cond *existing = fold->rules->account_existing;
  return !existing || fold_test(fold, existing) != TRUTH_YES;
}
struct str fold_owner(const struct fold *fold) {
  return fold->owner;
}

int64_t fold_first_seen(const struct fold *fold) {
  return fold->first_seen;
}
/* Who only had things done to has not been heard of; then it is when they became known. */
int64_t fold_last_seen(const struct fold *fold) {
  return fold->last_seen == TIME_MIN ? fold->first_seen : fold->last_seen;
}
int64_t fold_last_activity(const struct fold *fold) {
  return fold->last_activity;
}
uint32_t fold_events(const struct fold *fold) {
  return fold->events;
}
uint32_t fold_content(const struct fold *fold, const struct touch *out[FOLD_CONTENT_MAX]) {
  uint32_t count = fold->content_count < FOLD_CONTENT_MAX ? fold->content_count : FOLD_CONTENT_MAX;
  for (uint32_t i = 0; i < count; i++)
    out[i] = fold->contents[(fold->content_count - 1 - i) % FOLD_CONTENT_MAX];
  return count;
}
uint32_t fold_cycle(const struct fold *fold) {
  return fold->cycle;
}
int fold_stage(const struct fold *fold, int lifecycle) {
  return fold->stages[lifecycle].stage;
}
int64_t fold_stage_since(const struct fold *fold, int lifecycle) {
  return fold->stages[lifecycle].since_ms;
}
bool fold_in_lifecycle(const struct fold *fold, int lifecycle) {
  const struct cond *who = fold->rules->lifecycles[lifecycle].who;
  return !who || fold_test(fold, who) != TRUTH_NO;
}
bool fold_incomplete(const struct fold *fold) {
  return fold->incomplete;
}

const struct ignore *fold_ignored(const struct fold *fold) {
  for (uint32_t i = 0; i < fold->rules->ignore_count; i++) {
    const struct ignore *ignore = &fold->rules->ignores[i];
    if (ignore->when && fold_test(fold, ignore->when) == TRUTH_YES) return ignore;
  }
  return NULL;
}

uint64_t fold_segments(const struct fold *fold) {
  uint64_t in = 0;
  for (uint32_t i = 0; i < fold->rules->segment_count; i++)
    if (fold_test(fold, fold->rules->segments[i].when) == TRUTH_YES) in |= UINT64_C(1) << i;
  return in;
}

int64_t fold_score(const struct fold *fold, int dimension) {
  return fold_clamped(fold, dimension, fold_unclamped_at(fold, dimension, fold->now));
}

int64_t fold_unclamped(const struct fold *fold, int dimension) {
  return fold_unclamped_at(fold, dimension, fold->now);
}

const char *fold_band(const struct fold *fold, int dimension) {
  const struct dimension *d = &fold->rules->dimensions[dimension];
  int band = fold_band_of(d, fold_score(fold, dimension));
  return band == NONE ? "" : d->bands[band].name;
}

void fold_grade(const struct fold *fold, struct buf *out) {
  const struct ruleset *rules = fold->rules;
  if (rules->grade_rows == NONE) return;
  buf_add_text(out, fold_band(fold, rules->grade_rows));
  if (rules->grade_columns != NONE) buf_add_text(out, fold_band(fold, rules->grade_columns));
}

int64_t fold_interest(const struct fold *fold, int topic) {
  return fold_interest_bounds(fold, topic, fold->now, fold->now).low;
}

uint32_t fold_count(const struct fold *fold, int counter, int64_t span_ms) {
  return counter_within(&fold->counters[counter], fold->now, span_ms);
}

uint32_t fold_seen_after(const struct fold *fold, int counter, int64_t after_ms) {
  const struct counter_state *state = &fold->counters[counter];
  uint32_t n = 0;
  while (n < state->count && state->newest[state->count - 1 - n].last_ms > after_ms) n++;
  return n;
}

int64_t fold_seen_nth(const struct fold *fold, int counter, int64_t after_ms, uint32_t n) {
  const struct counter_state *state = &fold->counters[counter];
  uint32_t later = fold_seen_after(fold, counter, after_ms);
  return n <= later ? state->newest[state->count - later + n - 1].last_ms : TIME_NEVER;
}

int64_t fold_count_until(const struct fold *fold, int counter, int64_t span_ms) {
  return counter_within_until(&fold->counters[counter], fold->now, span_ms);
}
