/* normalise.h - one Segment-shaped JSON object -> struct event, or a coded refusal.
 *
 * Takes the six calls as real SDKs and plain HTTP clients send them and irons out their differences: identifiers that
 * are numbers, null or placeholders; traits that stand only in context.traits; types in any case, or missing where the
 * path names them; time stamps in their several forms. What is optional and malformed is treated as missing; what an
 * event cannot do without is a refusal with a code and a reason that says how to mend it. Bad input never ends a run.
 *
 * Time (corrected once, for ever):
 *   - the event's instant is `timestamp`, else `originalTimestamp`, else when it was received;
 *   - RFC 3339 text, or a number: seconds since 1970 below 100,000,000,000 in absolute value, else milliseconds. Anything
 *     else counts as missing and is counted in bad_times;
 *   - a client's clock is corrected by (received - sentAt) when both are known and differ by a second or more, but not
 *     when the event has both a timestamp and an originalTimestamp: then it is history, written down by a server;
 *   - an instant after the reception is moved back to it (clamped). Only when the reception is known: history
 *     without receivedAt is neither corrected nor clamped, without any time stamp it is refused (no_time), and so it is when it
 *     lies in the future of who is told (in_future).
 *
 * Who sent it is the context's to say, except of history: there a text in the event's
 * `source` comes first, so that what was exported, with its `source` and `receivedAt`, is scored the same again.
 *
 * An event without messageId gets a hash of its content as one (fingerprint.h): it orders events of the same instant and
 * is never used to find duplicates (has_message_id is false).
 *
 * System events (event.h) are taken where the context says that embudo wrote them, and in history; from a client they are
 * refused. An act needs its name and its actor, an enrichment its enricher's name.
 *
 * Does not look at who the event is about beyond requiring an id, nor at rules. Pure.
 */
#ifndef EMBUDO_CORE_NORMALISE_H
#define EMBUDO_CORE_NORMALISE_H

#include "base/timefmt.h"
#include "model/event.h"

/* code, stable word shown to machines. The last five are found outside this module. */
#define REJECT_CODES(X)                                                                                      \
  X(REJECT_NONE, "none")                                                                                     \
  X(REJECT_BAD_JSON, "bad_json")                                                                             \
  X(REJECT_BAD_UTF8, "bad_utf8")                                                                             \
  X(REJECT_TOO_DEEP, "too_deep")                                                                             \
  X(REJECT_TOO_LARGE, "too_large")                                                                           \
  X(REJECT_NOT_OBJECT, "not_object")                                                                         \
  X(REJECT_BAD_TYPE, "bad_type")                                                                             \
  X(REJECT_MISSING_EVENT, "missing_event")                                                                   \
  X(REJECT_MISSING_ACTOR, "missing_actor") /* an act that nobody did */                                      \
  X(REJECT_NO_ID, "no_user_anon_id")                                                                         \
  X(REJECT_ID_TOO_LONG, "id_too_long")                                                                       \
  X(REJECT_NO_TIME, "no_time")                                                                               \
  X(REJECT_FUTURE, "in_future")            /* history that has not happened yet */                           \
  X(REJECT_BAD_BATCH, "bad_batch")         /* an envelope whose `batch` holds no list of objects */          \
  X(REJECT_LINE_TOO_LONG, "line_too_long") /* of a file */                                                   \
  X(REJECT_BAD_ROW, "bad_row")             /* of a CSV file */                                               \
  X(REJECT_BAD_CLOUDEVENT, "bad_cloudevent")                                                                 \
  X(REJECT_TRAPPED, "trapped") /* of a form whose field for machines was filled in */                        \
  X(REJECT_ERASED, "erased")   /* it is about somebody who was erased and must not come again */

enum reject_code {
#define X(code, word) code,
  REJECT_CODES(X)
#undef X
      REJECT_COUNT /* how many there are */
};

#define REJECT_ERASED_REASON "the person was erased and is not to be known again"

const char *reject_word(enum reject_code code);

enum {
  NORMALISE_MESSAGE_ID_MAX = 200, /* bytes */
  NORMALISE_SOURCE_MAX = 255,     /* bytes of an event's own source; a longer one does not count */
  NORMALISE_ID_MAX = 512,         /* bytes of a user, anonymous, group or previous id */
  NORMALISE_SKEW_MIN_MS = 1000,   /* smaller differences are the network's */
  NORMALISE_REASON_MAX = 240,
  NORMALISE_IDS = 5
};

struct normalise_context {
  struct str source;
  /* When it arrived; TIME_NEVER: a file, which is history. */
  int64_t received_ms;
  bool is_system; /* embudo wrote them: system events are taken, as they are in history */
  bool
      is_history; /* events say themselves who sent them and when they were received; none is later than received_ms */
  int64_t batch_sent_ms; /* the envelope's sentAt; TIME_NEVER: none */
  bool has_type;         /* events without `type` are of this one (the path named it) */
  enum event_type type;
};

struct normalised {
  struct event event;
  bool has_message_id; /* the client gave one */
  uint32_t bad_times;  /* time stamps that could not be read */
  bool clamped;        /* it was in the future */
  char reason[NORMALISE_REASON_MAX];
  char ids[NORMALISE_IDS + 1][40]; /* ids made here: numbers as text, the hash; the event may point into it */
};

/* REJECT_NONE and out->event, which borrows from the JSON reader, the context and *out itself (so *out must stay where it
 * is); or a code and out->reason. */
enum reject_code normalise_event(struct json_ref root, const struct normalise_context *context,
                                 struct normalised *out);

/* What an event is known by, and its place among events of one instant: source, NUL, messageId. Replaces what is in `key`. */
void normalise_key(const struct event *event, struct buf *key);

/* A time stamp in any accepted form. False when it is missing or cannot be read. */
bool normalise_time(struct json_ref ref, int64_t *ms);

#endif
