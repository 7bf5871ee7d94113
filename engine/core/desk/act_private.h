/* act_private.h - between the act*.c files: an act under judgement.
 *
 * act.c        which move is meant, whose it is, the whole judgement
 * act_check.c  what stands in its way
 * act_event.c  from a client's JSON to a request, from an accepted one to the event
 */
#ifndef EMBUDO_CORE_ACT_PRIVATE_H
#define EMBUDO_CORE_ACT_PRIVATE_H

#include "core/desk/act.h"

#define ACT_MOVE "move" /* the act of moves that name none */

struct act_made {
  const struct fold *fold;
  const struct act_request *request;
  const struct act_kind *kind;         /* NULL: "move" */
  const struct move *move;             /* NULL: it moves nothing */
  const struct verdict_reason *reason; /* NULL: none is given */
  bool overridden;
};

/* What nothing sets aside: ignored leads, leads that must not be contacted. */
bool act_allowed(const struct fold *fold, const struct move *move, struct arena *arena,
                 struct act_refusal *refusal);

/* ... and by an `assign`, unless sales has the lead already, or another system only tells whose it is. */
bool act_may_assign(const struct fold *fold, const struct act_request *request, struct arena *arena,
                    struct act_refusal *refusal);

/* What an override sets aside: that nobody is given a lead which has not been handed over; verdicts, waits, gates, policies ... */
bool act_is_due(const struct fold *fold, const struct act_request *request, struct arena *arena,
                struct act_refusal *refusal);
bool act_possible(const struct fold *fold, const struct move *move, struct arena *arena,
                  struct act_refusal *refusal);

/* ... and what the act must bring along. */
bool act_brings(const struct act_made *made, struct arena *arena, struct act_refusal *refusal);

/* What the act says in that field, of properties or else traits. */
struct value act_field(const struct act_request *request, struct str field, struct arena *arena);

/* An answer to a framework's criterion is of its kind. */
bool act_answers(const struct act_request *request, const struct ruleset *rules, struct act_refusal *refusal);

void act_write(const struct act_made *made, struct buf *event);

#endif
