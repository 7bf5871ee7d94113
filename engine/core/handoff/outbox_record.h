/* outbox_record.h - the journal's records of the outbox, as data and as JSON.
 *
 * JOURNAL_EFFECT: what is told, rendered once, so that every attempt sends the same bytes.
 *   {"id":"msg_..","lead":"u-1","kind":"user","effect":"hot","destination":"crm","type":"lead.qualified","sequence":3,
 *    "key":"<16 hex>","at":"..","made_at":"..","request":{"body":"..", ..}}
 * `brief`: of a hand-off, what was known of the lead then (core/explain/brief.h).
 * `request`: method, path, url, headers (templates, model/ruleset/handoff.h) and body. Without it rendering failed: `failed` says why, `event` is
 * what was to be rendered.
 *
 * JOURNAL_DELIVERY: what happened to it, or to a destination.
 *   {"id":"msg_..","lead":"u-1","kind":"user","what":"failed","attempt":2,"status":500,"ms":120,"at":"..","next":"..",
 *    "error":"..","answer":"..","pause":0,"by":"maria","made_at":"..","previous":17}
 *   {"destination":"crm","what":"disabled","reason":"..","by":"..","at":".."}
 * `value`, `item`: 32 hex digits each, of what has come back (returned.h).
 * `made_at` is the row's; `previous` is the number of the record before it about the same row, so that attempts can be listed without looking for them.
 */
#ifndef EMBUDO_CORE_OUTBOX_RECORD_H
#define EMBUDO_CORE_OUTBOX_RECORD_H

#include "core/handoff/returned.h"
#include "core/identity/identity.h"

enum {
  OUTBOX_ID_TEXT = 37,         /* "msg_", 32 hex digits, NUL */
  OUTBOX_ANSWER_MAX = 512,     /* bytes of an answer that are kept */
  OUTBOX_BODY_MAX = 256 * 1024 /* of a request */
};

const char *outbox_id_text(struct hash128 id, char out[OUTBOX_ID_TEXT]);
bool outbox_id_parse(struct str text, struct hash128 *id);

/* The id of what is told, and the key that stays when the lead gets another name. `of` says what it follows from: the
 * lifecycle, cycle and edge, or the event. SHA-256, cut. */
struct outbox_origin {
  struct identity_member lead;
  const struct str *of;
  size_t count;
  struct str effect, destination;
};
void outbox_identify(const struct outbox_origin *origin, struct hash128 *id, uint64_t *key);

struct outbox_effect { /* texts borrow */
  struct hash128 id;
  uint64_t key;
  struct identity_member lead;
  struct str effect, destination, type;
  uint32_t sequence;
  int64_t at_ms, made_ms;
  bool rendered;
  struct str request; /* JSON; rendered */
  struct str event;   /* JSON; not rendered */
  struct str failed;  /* why it is not */
  struct str brief;   /* JSON; of a hand-off. Empty: it is none */
};
void outbox_effect_write(const struct outbox_effect *effect, struct buf *out);
/* `request`, `event` and `brief` stay empty: json_get(root, ..) has them. */
int outbox_effect_read(struct json_ref root, struct outbox_effect *effect, struct err *err);

/* What happens to rows and destinations: code, word. */
#define OUTBOX_HAPPENINGS(X)                                                                                 \
  X(HAPPENED_DELIVERED, "delivered")                                                                         \
  X(HAPPENED_FAILED, "failed")   /* tried again at `next` */                                                 \
  X(HAPPENED_PARKED, "parked")   /* after the last attempt */                                                \
  X(HAPPENED_ABORTED, "aborted") /* parked as well: the receiver does not want it */                         \
  X(HAPPENED_RETRIED, "retried") /* somebody wants it sent (again) */                                        \
  X(HAPPENED_DROPPED, "dropped") /* somebody does not */                                                     \
  X(HAPPENED_CANCELLED, "cancelled")                                                                         \
  X(HAPPENED_RENDERED, "rendered") /* it could be, now: this record has the request */                       \
  X(HAPPENED_RETURNED, "returned") /* a value in it has come back from where it went */                      \
  X(HAPPENED_DISABLED, "disabled") /* a destination: nothing is sent there */                                \
  X(HAPPENED_ENABLED, "enabled")

enum outbox_happening {
#define X(code, word) code,
  OUTBOX_HAPPENINGS(X)
#undef X
      HAPPENED_COUNT
};
const char *outbox_happening_word(enum outbox_happening what);

struct outbox_delivery { /* texts borrow; empty: not said */
  enum outbox_happening what;
  struct hash128 id;           /* of the row ... */
  struct identity_member lead; /* ... and whom it is about; empty: about a destination */
  struct str destination;
  uint32_t attempt; /* 0: it is no attempt */
  int status;
  int64_t took_ms, at_ms, next_ms, pause_ms;
  int64_t made_ms;  /* of the row: whose it is follows from it and the lead (erasure.h) */
  struct str error; /* why, for people */
  struct str answer;
  struct str by;
  struct str request;          /* JSON; HAPPENED_RENDERED, not read back */
  struct returned_value value; /* HAPPENED_RETURNED */
  uint64_t previous;
};
void outbox_delivery_write(const struct outbox_delivery *delivery, struct buf *out);
int outbox_delivery_read(struct json_ref root, struct outbox_delivery *delivery, struct err *err);

#endif
