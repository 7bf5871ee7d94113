#include "model/match/matcher_time.h"

#include <math.h>

static const double seconds_below = 1e11; /* as milliseconds, March 1973; as seconds, the year 5138 */

static bool instant_of_number(double n, int64_t *ms) {
  if (fabs(n) < seconds_below) n *= (double)TIME_MS_PER_SECOND;
  if (!(n >= (double)TIME_MIN && n <= (double)TIME_MAX)) return false;
  *ms = llround(n);
  return true;
}

bool matcher_instant(struct value v, int64_t *ms) {
  if (v.kind == VALUE_STRING) return time_parse(str_trim(value_text(v)), ms);
  return v.kind == VALUE_NUMBER && instant_of_number(v.number, ms);
}

struct window { /* the instants at which a date test holds, ends included */
  int64_t from, to;
};

static bool window_of(const struct matcher *matcher, struct value v, struct window *window) {
  int64_t date;
  if (!matcher_instant(v, &date)) return false;
  if (matcher->op == MATCH_PAST)
    *window = (struct window){date, date + matcher->span_ms};
  else
    *window = (struct window){date - matcher->span_ms, date};
  return true;
}

bool matcher_in_span(const struct matcher *matcher, struct value v, int64_t now) {
  struct window window;
  return window_of(matcher, v, &window) && window.from <= now && now <= window.to;
}

static int64_t next_of_window(const struct matcher *matcher, struct value v, int64_t now) {
  struct window window;
  if (!window_of(matcher, v, &window) || now > window.to) return TIME_NEVER;
  return now < window.from ? window.from : window.to + 1;
}

static int64_t next_of_items(const struct matcher *item, struct value list, int64_t now) {
  int64_t next = TIME_NEVER;
  if (list.kind != VALUE_LIST) return next;
  for (uint32_t i = 0; i < list.len; i++) {
    int64_t at = matcher_next(item, list.items[i], now);
    if (at < next) next = at;
  }
  return next;
}

static int64_t next_of_kids(const struct matcher *matcher, struct value v, int64_t now) {
  int64_t next = TIME_NEVER;
  for (uint32_t i = 0; i < matcher->len; i++) {
    int64_t at = matcher_next(matcher->kids[i], v, now);
    if (at < next) next = at;
  }
  return next;
}

int64_t matcher_next(const struct matcher *matcher, struct value v, int64_t now) {
  if (!matcher->timed) return TIME_NEVER;
  switch (matcher->op) {
  case MATCH_PAST:
  case MATCH_AHEAD: return next_of_window(matcher, v, now);
  case MATCH_SOME:
  case MATCH_EVERY: return next_of_items(matcher->kids[0], v, now);
  case MATCH_AND:
  case MATCH_OR:
  case MATCH_NOT: return next_of_kids(matcher, v, now);
  default: return TIME_NEVER;
  }
}
