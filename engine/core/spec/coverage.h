/* coverage.h - which outcomes of which declarations the tests have seen.
 *
 * A rule can fire, miss an event of its kind, be excluded by its `when`, be held back by its limit, reach its cap, not
 * count, hold, not hold, choose each row of its table, and its function can fail; a move can happen, wait, be made by somebody or be
 * refused to them, a gate let through or refuse, a reset cut, an ignore take, a group or dimension reach its bounds; a lead can be in a
 * segment or on a worklist, or not; a criterion be met, not met, inferred, out of date, a framework qualify or not; a clock run, warn,
 * be breached, stop. Each that is possible is an outcome. It is seen when it happened before a t:expect of a test; of clocks and
 * worklists, before one that names clocks or worklists, for only then they are worked out.
 *
 * Required are those that a complete set of tests shows. What provably cannot be (a cap that nothing reaches) is no outcome;
 * a function's failure is one, but not required, since a function should not fail.
 */
#ifndef EMBUDO_CORE_SPEC_COVERAGE_H
#define EMBUDO_CORE_SPEC_COVERAGE_H

#include "model/fold/fold.h"
#include "model/fold/witness.h"

struct coverage;

enum covered_kind {
  COVERED_DIMENSION,
  COVERED_GROUP,
  COVERED_RULE,
  COVERED_RESET,
  COVERED_IGNORE,
  COVERED_MOVE,
  COVERED_GATE,
  COVERED_SEGMENT,
  COVERED_FRAMEWORK,
  COVERED_CRITERION,
  COVERED_CLOCK, /* what `sla` declares */
  COVERED_WORKLIST
};

struct outcome {
  enum covered_kind kind;
  uint32_t lifecycle, index; /* of the declaration in the ruleset; lifecycle: of moves and gates */
  const char *id;            /* "pricing_page"; of a move "lead -> mql" */
  struct place place;
  const char *what;   /* "limited", "row 3: at_least(50)" */
  const char *advice; /* which test would show it */
  bool required;
  uint32_t tests; /* that saw it */
};

/* Borrows the ruleset. */
struct coverage *coverage_new(const struct ruleset *rules);
void coverage_free(struct coverage *coverage); /* NULL is fine */

const char *coverage_kind_word(enum covered_kind kind); /* "rule" */
const struct outcome *coverage_outcomes(const struct coverage *coverage, uint32_t *count);
uint32_t coverage_required(const struct coverage *coverage,
                           uint32_t *seen);               /* how many, and how many of them were */
double coverage_percent(const struct coverage *coverage); /* of the required; 100 when there are none */

/* --- during a test ---------------------------------------------------------------------------------------------------- */

void coverage_begin(struct coverage *coverage);
const struct witness *coverage_witness(const struct coverage *coverage); /* for the folds of the test */
void coverage_read(struct coverage *coverage, const struct fold *fold);  /* at a t:expect */
void coverage_ignored(struct coverage *coverage, struct str event_json); /* an event that an ignore took */
/* Somebody was refused: to make this move (NULL: the act makes none), by this gate (NULL: by something else). */
void coverage_refused(struct coverage *coverage, const struct move *move, const struct gate *gate);
/* Where the lead stands at a t:expect that asks: on that worklist or not; an sla's newest clock, NULL: it has none. */
void coverage_listed(struct coverage *coverage, uint32_t worklist, bool is_on);
void coverage_clocked(struct coverage *coverage, uint32_t sla, const char *state);
void coverage_end(struct coverage *coverage);

/* Whether the present test, ended, saw an outcome of this number. */
bool coverage_saw(const struct coverage *coverage, uint32_t outcome);

#endif
