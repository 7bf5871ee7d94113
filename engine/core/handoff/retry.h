/* retry.h - what one attempt at a delivery means for the message and for where it goes.
 *
 * Delivered is 200 to 299 within the time allowed. Everything else is a failure, redirections included. A failed message is
 * tried again after the next delay of its schedule, made longer by up to a fifth at random so that many do not come back
 * together, and never before a Retry-After says. When the schedule is used up it is parked for somebody to look at.
 * 410 Gone says that nobody is there any more; `webhook-delivery: abort-message` that this message is not wanted.
 * Pure: instants and randomness are arguments.
 */
#ifndef EMBUDO_CORE_RETRY_H
#define EMBUDO_CORE_RETRY_H

#include "base/str.h"
#include "base/timefmt.h"

enum { RETRY_DELAYS_MAX = 32 };
#define RETRY_AFTER_MAX_MS TIME_MS_PER_DAY /* of a Retry-After: longer ones count as this */
#define RETRY_DEAD_MS                                                                                        \
  (5 * TIME_MS_PER_DAY) /* nothing but failures for so long: the endpoint is taken for gone */

struct retry_schedule { /* delays[n] stands between the failure of attempt n + 1 and the next attempt */
  int64_t delays[RETRY_DELAYS_MAX];
  uint32_t count;
};
extern const struct retry_schedule retry_usual; /* 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h */

struct retry_answer {     /* of an attempt that is over */
  int status;             /* 0: there was no whole answer */
  struct str retry_after; /* as the header says; empty: none */
  bool aborts;            /* webhook-delivery: abort-message */
  bool refused;           /* 2xx, but the destination's renderer says that it means no */
};

enum retry_end {
  RETRY_DELIVERED,
  RETRY_LATER,     /* at `next_ms` */
  RETRY_EXHAUSTED, /* park the message */
  RETRY_ABORTED,   /* the receiver does not want it: park the message */
  RETRY_GONE       /* and nothing else either: disable the endpoint; the message waits */
};

struct retry_verdict {
  enum retry_end end;
  int64_t next_ms;  /* RETRY_LATER, and RETRY_GONE for whoever enables the endpoint again */
  bool throttles;   /* 429, 502, 503, 504: the endpoint is to be left alone for a while ... */
  int64_t pause_ms; /* ... at least so long */
};

/* `attempts`: made so far, this one included. `random`: any number. */
struct retry_verdict retry_judge(const struct retry_schedule *schedule, uint32_t attempts,
                                 const struct retry_answer *answer, int64_t now_ms, uint32_t random);

/* --- endpoints -------------------------------------------------------------------------------------------------- */

enum {
  RETRY_TROUBLE_MAX = 5,         /* failures in a row before an endpoint is left alone */
  RETRY_PAUSE_MS = 1000,         /* the first pause; each further one is twice as long ... */
  RETRY_PAUSE_MAX_MS = 5 * 60000 /* ... up to this */
};

struct retry_endpoint {  /* zeros: nothing is known */
  uint32_t trouble;      /* failures in a row */
  uint32_t pauses;       /* in a row */
  int64_t paused_until;  /* nothing is sent before; 0: it is not paused */
  int64_t failing_since; /* the first failure after the last success; 0: none */
};

/* Takes an attempt into account. While an endpoint is in trouble one message at a time is tried (retry_is_probing). */
void retry_note(struct retry_endpoint *endpoint, const struct retry_verdict *verdict, int64_t now_ms,
                uint32_t random);
bool retry_is_probing(const struct retry_endpoint *endpoint);
bool retry_is_dead(const struct retry_endpoint *endpoint, int64_t now_ms);

#endif
