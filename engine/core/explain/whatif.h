/* whatif.h - what would change a lead's stage: not guessed, but tried.
 *
 * For every rule that an event can fire, the lead is folded once more with one more such event at its present instant;
 * likewise with the missing profile fields of the gates in its way filled in, alone and together with each such event.
 * What ends in another stage is a finding. Rules whose points are functions are left out (their event is not known).
 */
#ifndef EMBUDO_CORE_WHATIF_H
#define EMBUDO_CORE_WHATIF_H

#include "model/fold/fold.h"

struct finding {
  int rule;             /* fires once more; NONE: only the fields */
  bool fields;          /* together with the missing fields */
  int lifecycle, stage; /* where the lead would be */
};

struct whatif {
  struct finding *findings; /* in rule order; at most WHATIF_MAX */
  uint32_t count;
  struct str *fields; /* the profile fields that gates miss */
  uint32_t field_count;
};

enum { WHATIF_MAX = 20 };

/* `scratch` is another fold of the same ruleset; `touches` are the lead's, in order, up to the fold's instant. */
void whatif_try(const struct fold *fold, struct fold *scratch, const struct touch *const *touches,
                size_t touch_count, struct arena *arena, struct whatif *out);

#endif
