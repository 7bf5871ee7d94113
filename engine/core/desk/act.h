/* act.h - what somebody wants to do about a lead, judged against where the lead stands: an event to journal, or a refusal that
 * says which condition failed and what is there instead.
 *
 * Judging happens once, before the journal. An accepted act is a fact from then on (model/touch.h); nobody judges it again,
 * whatever rules come. What is never set aside is the declared machine, who may make a move, the reason where one must be
 * given, and whom not to contact. Gates, policies, what the act must bring along, waits and standing verdicts yield to an
 * override, whose reason is recorded; where none of them stood in the way, nothing was overridden and nothing is recorded.
 *
 * Pure: the fold is the lead at the present instant, time comes from it.
 */
#ifndef EMBUDO_CORE_ACT_H
#define EMBUDO_CORE_ACT_H

#include "core/explain/failing.h"
#include "core/identity/identity.h"
#include "model/fold/fold.h"

#define ACT_SYSTEM "system" /* the role of embudo itself, which may do whatever is declared */

enum { ACT_TEXT_MAX = 200, ACT_MESSAGE_MAX = 600 }; /* bytes: of an actor, reason, name; of a refusal */

/* code, word, HTTP status */
#define ACT_REFUSALS(X)                                                                                      \
  X(ACT_FINE, "none", 200)                                                                                   \
  X(ACT_UNKNOWN, "unknown_act", 422)           /* the rules declare no such act */                           \
  X(ACT_NO_ACTOR, "missing_actor", 422)        /* who, in which role? */                                     \
  X(ACT_UNDECLARED, "undeclared_move", 409)    /* it does not lead out of the present stage */               \
  X(ACT_ALREADY_THERE, "already_there", 409)   /* the lead is where it would lead */                         \
  X(ACT_ROLE, "role_not_allowed", 403)         /* somebody else's to do */                                   \
  X(ACT_MISSING_REASON, "missing_reason", 422) /* one of the declared reasons must be given */               \
  X(ACT_UNKNOWN_REASON, "unknown_reason", 422)                                                               \
  X(ACT_IGNORED, "ignored", 409)                 /* an ignore rule takes the lead out */                     \
  X(ACT_NOT_CONTACTABLE, "not_contactable", 409) /* it would hand the lead to sales */                       \
  X(ACT_VERDICT_STANDS, "verdict_stands", 409)   /* somebody has decided for a time that is not over */      \
  X(ACT_TOO_SOON, "too_soon", 409)               /* `again` */                                               \
  X(ACT_GATE_CLOSED, "gate_closed", 409)                                                                     \
  X(ACT_NOT_HANDED, "not_handed_over", 409)    /* an `assign` before marketing's word or a claim */          \
  X(ACT_POLICY_FAILED, "policy_failed", 409)   /* `need` */                                                  \
  X(ACT_MISSING_FIELDS, "missing_fields", 422) /* `asks` */                                                  \
  X(ACT_BAD_FIELD, "bad_field", 422)           /* a field that is not as asked */                            \
  X(ACT_BAD_ANSWER, "bad_answer", 422)         /* of no criterion, or not of its kind */                     \
  X(ACT_NOTHING_NEW, "nothing_new", 422)       /* `learns` */                                                \
  X(ACT_ID_USED, "message_id_used", 409)       /* by another act, or about another lead */                   \
  X(ACT_BAD_TIME, "bad_time", 422)             /* of the future, or of a move that is not made now */

enum act_code {
#define X(code, word, status) code,
  ACT_REFUSALS(X)
#undef X
};
const char *act_word(enum act_code code);
int act_status(enum act_code code);

struct act_request {
  struct str act;         /* its name; "move" for moves that name none */
  struct str actor, role; /* who, in which role */
  struct str lifecycle,
      to; /* which move, where the act could make several; empty: the first that is possible */
  struct str reason;
  struct str override_; /* why gates and policies are to be set aside; empty: they are not */
  struct str message_id;
  struct json_ref properties,
      traits;      /* objects, or missing: what it brings along, what is known of the person by it */
  bool told;       /* by another system, which knows whose the lead is */
  int64_t time_ms; /* when it was done; TIME_NEVER: now. Moves are made now */
  struct identity_member lead; /* under which id it is journaled: a user's or an anonymous one */
};

/* Reads what a client or a test asks for: {"act", "actor", "role", "lifecycle", "to", "reason", "override", "messageId",
 * "timestamp", "properties", "traits"}. What stands in *request already stays where the JSON says nothing. Borrows from
 * the JSON. -1 and *err. */
int act_read(struct json_ref root, struct act_request *request, struct err *err);

struct act_refusal {
  enum act_code code;
  char message[ACT_MESSAGE_MAX];
  const struct move *move;      /* that was asked for and that the role may make; NULL: none was found */
  const struct gate *gate;      /* of gate_closed */
  const struct failing *failed; /* in the arena */
  uint32_t failed_count;
};

/* Fills it; false. */
bool act_refuse(struct act_refusal *refusal, enum act_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The event to journal, appended to `event`, or false and *refusal. */
bool act_judge(const struct fold *fold, const struct act_request *request, struct arena *arena,
               struct buf *event, struct act_refusal *refusal);

/* --- what may be done ----------------------------------------------------------------------------------------------- */

struct act_choice { /* something that may be done about the lead now, by somebody */
  const char *act;
  const struct act_kind *kind; /* NULL: "move" */
  const struct move *move;     /* NULL: it moves nothing */
  struct act_refusal
      blocked; /* what stands in the way before anything is brought along; code ACT_FINE: nothing */
};

/* Every way out of the present stages that people make, then the acts that move nothing. In the arena. */
uint32_t act_choices(const struct fold *fold, struct arena *arena, struct act_choice **choices);

#endif
