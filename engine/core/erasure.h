/* erasure.h - one person whose data is to go: the ids, and by them what in the journal is the person's.
 *
 * The ids are those of a lead at the moment somebody asked (identity_claims). From then on they decide alone, so an erasure
 * means the same for a process that goes on with it tomorrow, under whatever rules:
 *   - an event with a userId is the person's if the id is; one with an anonymousId alone if that id was the person's at
 *     the event's instant. Group calls that name no person are nobody's.
 *   - a recorded decision is the person's if the id it is about was.
 * Other people's events stay as they are, whatever they say in free text.
 *
 * As JSON, of which the journal keeps the ids only until all is gone (journal.h):
 *   {"ids":[{"user":"u-1"},{"email":"a@b.example"},{"anonymous":"a-1","spans":[[from,to],..]}],"block":true,"asked_at":".."}
 * Spans are in milliseconds; an id without them is the person's at all times.
 */
#ifndef EMBUDO_CORE_ERASURE_H
#define EMBUDO_CORE_ERASURE_H

#include "core/engine.h"

struct erasure {
  struct arena arena;
  struct id_claim *claims;
  size_t count;
  struct map known; /* kind and id -> claim */
  bool block;       /* the ids must not come again */
  int64_t asked_ms;
};

void erasure_init(struct erasure *erasure);
void erasure_release(struct erasure *erasure);

/* All that is the lead's. */
void erasure_add_lead(struct erasure *erasure, struct engine *engine, uint32_t lead);

/* An id of whom the engine knows nothing: whatever carries it, as any kind of id. */
void erasure_add_id(struct erasure *erasure, struct str id);

void erasure_write(const struct erasure *erasure, struct buf *out);
/* -1 and *err when it is none. 1: it has been done, and there are no ids. */
int erasure_parse(struct erasure *erasure, struct json_ref root, struct err *err);

bool erasure_has_event(const struct erasure *erasure, const struct event *event);
bool erasure_has_id(const struct erasure *erasure, struct identity_member id, int64_t at_ms);

#endif
