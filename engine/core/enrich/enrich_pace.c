#include "core/enrich/enrich_private.h"

struct enrich_pace *enrich_pace_named(struct enrich *enrich, struct str name) {
  for (uint32_t i = 0; i < enrich->pace_count; i++)
    if (str_eq(str_of(enrich->paces[i].name), name)) return &enrich->paces[i];
  return NULL;
}

static const struct enricher *enricher_at(const struct enrich *enrich, uint32_t enricher) {
  return &enrich->rules->enrichers[enricher];
}

struct enrich_pace *enrich_pace_of(const struct enrich *enrich, uint32_t number) {
  return enrich_pace_named((struct enrich *)enrich, str_of(enricher_at(enrich, number)->id));
}

static int64_t later(int64_t a, int64_t b) {
  return a > b ? a : b;
}

/* --- budget ---------------------------------------------------------------------------------------------------------- */

static int64_t window_of(const struct enricher *enricher, int64_t at_ms) {
  return at_ms - at_ms % enricher->budget_ms;
}

void enrich_pace_spend(struct enrich *enrich, struct enrich_pace *pace, const struct enricher *enricher,
                       int64_t at_ms, uint32_t spent) {
  (void)enrich;
  if (enricher->rate)
    pace->slot_ms = later(pace->slot_ms, at_ms) + spent * (enricher->rate_ms / enricher->rate);
  if (!enricher->budget || window_of(enricher, at_ms) < pace->window_ms) return;
  if (window_of(enricher, at_ms) > pace->window_ms) pace->spent = 0;
  pace->window_ms = window_of(enricher, at_ms);
  pace->spent += spent;
}

uint32_t enrich_pace_spent(const struct enrich *enrich, uint32_t number, int64_t now_ms) {
  const struct enricher *enricher = enricher_at(enrich, number);
  const struct enrich_pace *pace = enrich_pace_of(enrich, number);
  return enricher->budget && window_of(enricher, now_ms) == pace->window_ms ? pace->spent : 0;
}

static int64_t budget_ready_ms(const struct enrich_pace *pace, const struct enricher *enricher,
                               int64_t now_ms) {
  bool same = enricher->budget && window_of(enricher, now_ms) == pace->window_ms;
  return same && pace->spent >= enricher->budget ? pace->window_ms + enricher->budget_ms : now_ms;
}

/* --- pace ------------------------------------------------------------------------------------------------------------ */

/* A token bucket as one number: each run moves the instant on by its share of the span; a whole span may be ahead, and no
 * more, should the journal know of runs at times that have not come yet. */
static int64_t rate_ready_ms(const struct enrich_pace *pace, const struct enricher *enricher,
                             int64_t now_ms) {
  int64_t share = enricher->rate_ms / enricher->rate, most = now_ms + enricher->rate_ms;
  return (pace->slot_ms < most ? pace->slot_ms : most) - enricher->rate_ms + (share ? share : 1);
}

int64_t enrich_pace_ready_ms(const struct enrich *enrich, uint32_t number, int64_t now_ms) {
  const struct enricher *enricher = enricher_at(enrich, number);
  const struct enrich_pace *pace = enrich_pace_of(enrich, number);
  if (pace->running >= enricher->concurrency || pace->probing) return TIME_NEVER;
  if (pace->failures >= ENRICH_BREAK_AFTER && pace->running > 0) return TIME_NEVER; /* one probe at a time */
  int64_t ready = later(now_ms, budget_ready_ms(pace, enricher, now_ms));
  if (enricher->rate) ready = later(ready, rate_ready_ms(pace, enricher, now_ms));
  return later(ready, pace->broken_until_ms);
}

void enrich_pace_begin(struct enrich *enrich, uint32_t number, int64_t now_ms) {
  const struct enricher *enricher = enricher_at(enrich, number);
  struct enrich_pace *pace = enrich_pace_of(enrich, number);
  pace->running++;
  pace->probing = pace->failures >= ENRICH_BREAK_AFTER;
  enrich_pace_spend(enrich, pace, enricher, now_ms, 1);
}

static uint64_t chance(struct enrich *enrich) { /* splitmix64 */
  uint64_t z = enrich->chance += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
  return z ^ z >> 31;
}

/* Half of the span for certain, the rest by chance: who failed together does not come back together. */
static int64_t jittered(struct enrich *enrich, int64_t span_ms) {
  return span_ms / 2 + (int64_t)(chance(enrich) % (uint64_t)(span_ms / 2 + 1));
}

void enrich_pace_end(struct enrich *enrich, uint32_t number, enum enrich_end end, int64_t now_ms) {
  struct enrich_pace *pace = enrich_pace_of(enrich, number);
  const struct enricher *enricher = enricher_at(enrich, number);
  pace->running--;
  if (pace->probing && enricher->rate) /* who waited comes at the rate, without a burst first */
    pace->slot_ms = later(pace->slot_ms, now_ms + enricher->rate_ms);
  pace->probing = false;
  if (end != ENRICH_FAILED_PASSING) { /* the service works, whatever became of the question */
    pace->failures = 0;
    pace->break_ms = pace->broken_until_ms = 0;
    return;
  }
  if (++pace->failures < ENRICH_BREAK_AFTER) return;
  pace->break_ms = pace->break_ms ? pace->break_ms * 2 : ENRICH_BREAK_MS;
  if (pace->break_ms > ENRICH_BREAK_MAX_MS) pace->break_ms = ENRICH_BREAK_MAX_MS;
  pace->broken_until_ms = now_ms + jittered(enrich, pace->break_ms);
}

int64_t enrich_pause_ms(struct enrich *enrich, uint32_t attempts, int64_t retry_after_ms) {
  int64_t span = ENRICH_PAUSE_MS;
  for (uint32_t i = 1; i < attempts && span < ENRICH_PAUSE_MAX_MS; i++) span *= 2;
  span = jittered(enrich, span < ENRICH_PAUSE_MAX_MS ? span : ENRICH_PAUSE_MAX_MS);
  return later(span, retry_after_ms < TIME_MS_PER_DAY ? retry_after_ms : TIME_MS_PER_DAY);
}
