/* witness.h - what happens to the declarations of a ruleset while a lead is folded, told to whoever asks.
 *
 * A fold keeps what a score is made of; it does not keep why a rule added nothing. Coverage of rules by tests wants to
 * know that too, so a fold may have a witness. Without one nothing is spent on it. The calls come in the midst of folding:
 * a witness notes, and touches nothing.
 */
#ifndef EMBUDO_MODEL_WITNESS_H
#define EMBUDO_MODEL_WITNESS_H

#include <stdint.h>

enum sight {
  SAW_FIRED,    /* a behaviour rule: a firing counted */
  SAW_MISSED,   /* ... an event of a type it listens to came and did not raise it */
  SAW_EXCLUDED, /* ... its event came while its `when` did not hold */
  SAW_LIMITED,  /* ... a firing was one too many for its limit */
  SAW_FAILED,   /* its function failed */
  SAW_HELD,     /* a profile rule was judged, and holds; `detail` is the row of its table, or 0 */
  SAW_NOT_HELD, /* ... and does not hold */
  SAW_RESET,    /* a reset cut */
  SAW_MOVED,    /* `index` is the lifecycle, `detail` the move */
  SAW_WAITED,   /* ... everything but its `again` let the move happen */
  SAW_PASSED,   /* `index` is the lifecycle, `detail` the gate: a move went through it */
  SAW_REFUSED   /* ... a move's condition held, and this gate did not let it through */
};

struct witness {
  void *context;
  void (*saw)(void *context, enum sight sight, uint32_t index,
              uint32_t detail); /* index: of the rule, the reset .. */
};

struct fold;

/* From now on, whatever lead is folded; NULL: nobody any more. The struct is borrowed. */
void fold_watch(struct fold *fold, const struct witness *witness);

#endif
