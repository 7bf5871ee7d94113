/* touch.h - what the engine remembers of one event: when it was, which signals it raised, what it changed.
 *
 * A touch is matched once, when its event arrives, and never needs the event's bytes again, except for rules whose
 * function must run inside the fold (then `raw` keeps them). Touches are immutable, live in an arena and sort by the
 * total order of events: (time, source, messageId). Their head is small on purpose: most events are a head and a hit
 * or two.
 */
#ifndef EMBUDO_MODEL_TOUCH_H
#define EMBUDO_MODEL_TOUCH_H

#include "model/event.h"
#include "model/ruleset/ruleset.h"

enum {
  TOUCH_ACTIVITY = 1, /* breaks a silence */
  TOUCH_IGNORED = 2,  /* an ignore rule took it: the fold skips it */
  TOUCH_VISIT = 4,    /* a page or screen: what a visit's gap is measured between */
  /* Not the lead's own event, but what somebody said about its account (account and traits count), or what another lead of the
   * account did (account and answers count). It is in the fold of every lead that mentions the account, before the lead's first
   * event as well. */
  TOUCH_OUTSIDE = 8,
  TOUCH_HISTORY = 16, /* it was imported: nobody is told what follows */
  TOUCH_CONTENT = 32  /* a page or other content was looked at: the touch says which */
};

enum { TOUCH_CONTENT_MAX = 120 }; /* bytes of each of its two texts */

struct touch_content { /* what the lead looked at */
  struct str what;     /* a page's path, a screen's name, an event's name: "/pricing", "Content Downloaded" */
  struct str title;    /* of the page, the document, the webinar; empty: it has none */
};

struct trait_write {
  struct str key;     /* snake_case, top level */
  struct value value; /* null: clears */
};

struct fn_points { /* what a rule's points function answered for this event, outside any lead */
  uint16_t rule;
  uint8_t failed; /* 1: it raised an error (amounts empty); the rule is unknown for this lead */
  uint8_t count;
  const struct fn_amount {
    int32_t dimension;
    int64_t points; /* milli-points */
  } * amounts;
};

/* What a person did about the lead, as it was decided when it was accepted: a fact, whatever the rules say now. */
struct touch_act {
  struct str name, actor, role;
  struct str reason; /* its code; empty: none was needed */
  bool overridden;   /* gates and policies were set aside, for a reason the event tells */
  /* The move it made, in the present rules' numbers; lifecycle or to NONE: it made none, or they do not know the stage. */
  int lifecycle, from, to;
  bool assigns;     /* it says whose the lead is from then on: an `assign`, a `claim` */
  struct str owner; /* whose; empty: nobody's */
  int64_t until_ms; /* how long its verdict stands; TIME_NEVER: for ever; TIME_MIN: it is none */
};

struct touch_answer;

struct touch_more { /* what few events have */
  const struct trait_write *traits;
  uint32_t trait_count;
  bool is_group;                     /* the traits are the account's */
  struct str account;                /* group id, or context.groupId */
  struct str source;                 /* campaign source or referring host; empty: none */
  const struct fn_points *functions; /* rising by rule */
  uint32_t function_count;
  const struct touch_act *act;               /* of acts */
  const struct touch_enrichment *enrichment; /* of enrichers' calls */
  const struct touch_answer *answers;        /* to criteria (framework.h) */
  uint32_t answer_count;
  struct str
      peer; /* TOUCH_OUTSIDE: the lead of the same account that did it; empty: it is about the account itself */
  uint32_t peer_number; /* its number among those of this fold, from 0 */
  struct str raw;       /* the event's JSON, kept for functions that run in the fold; empty: not kept */
};

struct touch {
  int64_t time_ms;
  const char *key; /* source, NUL, messageId: `key_len` bytes */
  uint32_t key_len;
  uint16_t hit_count;
  uint8_t flags;
  uint8_t type;                  /* enum event_type */
  const struct touch_more *more; /* NULL for most */
  uint64_t record;               /* the journal's record it came in; 0: it came from a file */
  /* then hit_count signal numbers (uint16_t, rising), then, with TOUCH_CONTENT, two lengths (a byte each) and the two texts of a
   * touch_content, then, 8-byte aligned, one uint64_t per capturing signal among the hits, in the same order: the hash of the
   * captured field, 0 when the event lacks it */
};

/* The total order. 0 only for the same source and messageId at the same instant. */
int touch_cmp(const struct touch *a, const struct touch *b);

static inline const uint16_t *touch_hits(const struct touch *touch) {
  return (const uint16_t *)(touch + 1);
}

/* The two parts of its key. */
struct str touch_source(const struct touch *touch);
struct str touch_message_id(const struct touch *touch);

/* The captured hash of the hit at `index`, when its signal captures. */
uint64_t touch_capture(const struct touch *touch, const struct ruleset *rules, uint32_t index);

/* What was looked at; false: nothing that counts as content. The texts are the touch's own. */
bool touch_content(const struct touch *touch, struct touch_content *out);

/* A touch with room for its hits and captures, head cleared but for TOUCH_CONTENT. `content` is copied; NULL: it has none. */
struct touch *touch_new(struct arena *arena, uint32_t hit_count, uint32_t capture_count,
                        const struct touch_content *content);
uint64_t *touch_captures(struct touch *touch); /* where the captures start */

#endif
