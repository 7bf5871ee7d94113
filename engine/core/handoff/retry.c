#include "core/handoff/retry.h"

#include "base/httpdate.h"

const struct retry_schedule retry_usual = {
    {5 * TIME_MS_PER_SECOND, 5 * TIME_MS_PER_MINUTE, 30 * TIME_MS_PER_MINUTE, 2 * TIME_MS_PER_HOUR,
     5 * TIME_MS_PER_HOUR, 10 * TIME_MS_PER_HOUR, 10 * TIME_MS_PER_HOUR},
    7};

/* The span and up to a fifth more. */
static int64_t spread(int64_t span_ms, uint32_t random) {
  return span_ms + (int64_t)((double)span_ms / 5 * (random / 4294967296.0));
}

static bool is_throttling(int status) {
  return status == 429 || (status >= 502 && status <= 504);
}

struct retry_verdict retry_judge(const struct retry_schedule *schedule, uint32_t attempts,
                                 const struct retry_answer *answer, int64_t now_ms, uint32_t random) {
  struct retry_verdict verdict = {.end = RETRY_DELIVERED};
  int64_t wait = 0;
  if (answer->status >= 200 && answer->status < 300 && !answer->refused) return verdict;
  bool told = httpdate_retry_after(answer->retry_after, now_ms, RETRY_AFTER_MAX_MS, &wait);
  verdict.throttles = is_throttling(answer->status);
  verdict.pause_ms = verdict.throttles && told ? wait : 0;
  int64_t delay = attempts <= schedule->count && attempts > 0 ? schedule->delays[attempts - 1] : 0;
  if (told && delay < wait) delay = wait;
  verdict.next_ms = now_ms + spread(delay, random);
  if (answer->status == 410)
    verdict.end = RETRY_GONE;
  else if (answer->aborts)
    verdict.end = RETRY_ABORTED;
  else
    verdict.end = attempts > schedule->count ? RETRY_EXHAUSTED : RETRY_LATER;
  return verdict;
}

/* --- endpoints ------------------------------------------------------------------------------------------------------- */

static int64_t pause_of(uint32_t pauses) {
  int64_t pause = RETRY_PAUSE_MS;
  for (uint32_t i = 0; i < pauses && pause < RETRY_PAUSE_MAX_MS; i++) pause *= 2;
  return pause < RETRY_PAUSE_MAX_MS ? pause : RETRY_PAUSE_MAX_MS;
}

void retry_note(struct retry_endpoint *endpoint, const struct retry_verdict *verdict, int64_t now_ms,
                uint32_t random) {
  if (verdict->end == RETRY_DELIVERED) {
    *endpoint = (struct retry_endpoint){0};
    return;
  }
  if (verdict->end == RETRY_ABORTED) return; /* it answers, and means this message alone */
  if (!endpoint->failing_since) endpoint->failing_since = now_ms;
  endpoint->trouble++;
  if (!verdict->throttles && endpoint->trouble < RETRY_TROUBLE_MAX) return;
  if (endpoint->paused_until > now_ms && !verdict->pause_ms) return; /* begun before the pause was known */
  int64_t pause = pause_of(endpoint->pauses);
  if (endpoint->paused_until <= now_ms) endpoint->pauses++;
  if (pause < verdict->pause_ms) pause = verdict->pause_ms;
  if (endpoint->paused_until < now_ms + pause) endpoint->paused_until = now_ms + spread(pause, random);
}

bool retry_is_probing(const struct retry_endpoint *endpoint) {
  return endpoint->pauses > 0;
}

bool retry_is_dead(const struct retry_endpoint *endpoint, int64_t now_ms) {
  return endpoint->failing_since && now_ms - endpoint->failing_since > RETRY_DEAD_MS;
}
