/* fold_framework.h - what is known of a lead's criteria, at a fold's instant, and over spans of time from there. */
#ifndef EMBUDO_MODEL_FOLD_FRAMEWORK_H
#define EMBUDO_MODEL_FOLD_FRAMEWORK_H

#include "model/fold/fold.h"
#include "model/ruleset/framework.h"

enum criterion_state { CRITERION_UNKNOWN, CRITERION_UNMET, CRITERION_MET };
const char *criterion_state_word(enum criterion_state state); /* "unknown", "unmet", "met" */

struct evidence { /* an answer, on its way through a fold */
  const struct touch_answer *answer;
  int64_t time_ms;
  struct str lead; /* who it is about, of the same account; empty: the lead itself */
};

struct assessed {
  enum criterion_state state;
  bool inferred;            /* no answer of anybody's stands: a condition does in its place */
  bool expired;             /* the newest answer no longer stands */
  struct evidence evidence; /* the newest answer; .answer NULL: there is none */
  int64_t expires_ms;       /* of that answer; TIME_NEVER: never */
};
void fold_assess(const struct fold *fold, int criterion, struct assessed *out);

/* The answers the fold remembers to a criterion, newest first, at most `room`; returns how many. */
enum { EVIDENCE_KEPT = 1000 }; /* of all criteria together; the oldest are forgotten, what stands never is */
uint32_t fold_evidence(const struct fold *fold, int criterion, struct evidence *out, uint32_t room);

struct result {
  enum truth qualified;
  uint32_t met, unmet, unknown; /* criteria */
  int answered;                 /* percent of the weight that is not unknown */
  int64_t total;                /* thousandths of weight: of what is met; graded criteria by their grade */
};
void fold_result(const struct fold *fold, int framework, struct result *out);

/* The criterion to ask for next: of those not met, unanswered (and poorly graded) before answered ones, then the musts, then the heaviest, then as
 * declared. `order` gets all of them in that order (room for FRAMEWORK_CRITERIA_MAX); returns how many. */
uint32_t fold_open_criteria(const struct fold *fold, int framework, int order[FRAMEWORK_CRITERIA_MAX]);

#endif
