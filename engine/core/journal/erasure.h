/* erasure.h - people whose data is to go: their ids, and by them what in the journal is theirs. Mostly it is one person, who
 * is what is said of below; the silent ones (retention) go many at a time.
 *
 * The ids are those of a lead at the moment somebody asked (identity_claims). From then on they decide alone, so an erasure
 * means the same for a process that goes on with it tomorrow, under whatever rules:
 *   - an event with a userId is the person's if the id is; one with an anonymousId alone if that id was the person's at
 *     the event's instant. Group calls that name no person are nobody's.
 *   - a recorded decision, what happened to a clock and what was told others is the person's if the id it is about was; where
 *     that is a device which others have too, what belongs to whose history cannot be told by that, and is listed
 *     (belongings.h). What of it belongs to somebody who stays is told anew (retold.h), under a name of that one's.
 * Other people's events stay as they are, whatever they say in free text.
 *
 * In the journal it is two records, of which nothing but a number is kept in the end (journal.h):
 *   {"ask":"u-1","block":true,"asked_at":".."}     somebody asked; what there is of the lead at this place of the journal is to go
 *   {"silent":[{"user":"u-1"},..],"before":"..","block":false,"asked_at":".."}
 *                                                  the same of these leads, if none of their events is as late as that
 *   {"ids":[{"user":"u-1"},{"email":"a@b.example"},{"anonymous":"a-1","spans":[[from,to],..]}],"records":[..],..,
 *    "before":7,"block":true,"asked_at":".."}      these are the ids, and what is listed; events go from the records before
 *                                                  that number, all else from those before this one
 *   {"done_at":"..","events":12,"decisions":1,"turns":[..]}
 *                                                  it is gone; whose turn it was to get a lead (assign.h), which acts told that
 *                                                  have gone as well
 * Spans are in milliseconds; an id without them is the person's at all times.
 */
#ifndef EMBUDO_CORE_ERASURE_H
#define EMBUDO_CORE_ERASURE_H

#include "core/desk/assign.h"
#include "core/engine/engine.h"
#include "core/journal/belongings.h"

struct erasure {
  struct arena arena;
  struct id_claim *claims;
  size_t count, cap;
  size_t leads;     /* that were added */
  struct map known; /* kind and id -> claim */
  struct belongings belongings;
  uint32_t *others; /* leads, as nodes, of whom something is to be told anew */
  size_t other_count, other_cap;
  uint64_t before; /* the number of the first record whose events are not looked at */
  bool block;      /* the ids must not come again */
  int64_t asked_ms;
};

void erasure_init(struct erasure *erasure);
void erasure_release(struct erasure *erasure);

/* All that is the lead's. May be called for several. */
void erasure_add_lead(struct erasure *erasure, struct engine *engine, uint32_t lead);

void erasure_add_other(struct erasure *erasure, uint32_t lead); /* once each */

/* An id of whom the engine knows nothing: whatever carries it, as any kind of id. */
void erasure_add_id(struct erasure *erasure, struct str id);

/* The records. `ids` of the silent: how their leads are called. */
void erasure_write_ask(const struct erasure *erasure, struct str id, struct buf *out);
void erasure_write_silent(const struct erasure *erasure, const struct identity_member *ids, size_t count,
                          int64_t before_ms, struct buf *out);
void erasure_write(const struct erasure *erasure, struct buf *out);
void erasure_write_done(int64_t now_ms, uint64_t events, uint64_t decisions, const struct roster *roster,
                        struct buf *out);

/* What such a record is. ERASURE_NONE: none, and *err. One that asks, for a lead or for silent ones, leaves the erasure
 * without ids; what it asks for is in *ask, whose references are the reader's. */
enum erasure_record { ERASURE_NONE = -1, ERASURE_ASK, ERASURE_SILENT, ERASURE_IDS, ERASURE_DONE };
struct erasure_ask {
  struct str id;
  struct json_ref silent; /* a list, see erasure_read_id */
  int64_t before_ms;
};
enum erasure_record erasure_parse(struct erasure *erasure, struct json_ref root, struct erasure_ask *ask,
                                  struct err *err);
bool erasure_read_id(struct json_ref item, struct identity_member *id); /* {"user":"u-1"} */

/* Whether the id was the person's at any time. As apart_forget wants it. */
bool erasure_names(const void *erasure, struct identity_member id);

bool erasure_has_event(const struct erasure *erasure, const struct event *event);
bool erasure_has_id(const struct erasure *erasure, struct identity_member id, int64_t at_ms);

#endif
