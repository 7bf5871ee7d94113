/* mutation.h - which small wrong changes to the rules no test would notice.
 *
 * First all tests run once and must pass; what each has seen of each declaration is kept (coverage.h). Then every mutant
 * is compiled in place of the ruleset and the tests that have to do with its declaration run until one fails: those first
 * to which it did something, then those that only looked at it. A mutant that makes no ruleset is none. One whose ruleset
 * provably gives the same scores (a bound that no points reach) is left out too.
 *
 * Mutants are taken in an order shuffled by `seed`, so that a run that is cut short has seen a fair sample.
 */
#ifndef EMBUDO_CORE_SPEC_MUTATION_H
#define EMBUDO_CORE_SPEC_MUTATION_H

#include "core/spec/spec.h"
#include "notation/mutate/mutate.h"

struct mutation;

enum mutant_fate {
  MUTANT_WAITING,
  MUTANT_NONE,     /* it makes no ruleset, or an equal one */
  MUTANT_CAUGHT,   /* some test failed */
  MUTANT_SURVIVED, /* no test did */
  MUTANT_UNSEEN    /* no test has anything to do with its declaration */
};

struct mutation_options {
  struct str only; /* of declarations whose name contains this; empty: all */
  uint64_t seed;
};

/* The generation was built from `bundle` with its tests and with keep_declared, and its tests pass. */
struct mutation *mutation_new(struct generation *generation, const struct ruledir *bundle,
                              const struct mutation_options *options);
void mutation_free(struct mutation *mutation); /* NULL is fine */

size_t mutation_count(const struct mutation *mutation); /* mutants to try */
bool mutation_step(struct mutation *mutation);          /* tries one; false: none is left */

struct mutation_tally {
  size_t tried, caught, survived, unseen; /* tried: those that are real mutants */
};
struct mutation_tally mutation_tally(const struct mutation *mutation);
double
mutation_percent(const struct mutation_tally *tally); /* caught of the tried; 100 when there are none */

/* By file and line; survivors and unseen ones are those to look at. */
const struct mutant *mutation_mutant(const struct mutation *mutation, size_t index, enum mutant_fate *fate,
                                     struct str *declaration);

#endif
