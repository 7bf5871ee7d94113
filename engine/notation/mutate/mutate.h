/* mutate.h - small wrong changes to declarations, one at a time: what tests should notice.
 *
 * A mutant is one declaration with one change: other points, a bound moved or made strict, a span longer or shorter, a
 * limit of one more, `&` for `|`, a decay, a condition, a move, a gate, a rule taken away. Changes are made to
 * nodes, so both notations are changed alike and nothing is parsed again; the rest of the declaration is shared.
 * Changes that are no change (points of nothing taken away, the bound of the lowest band) are left out; whether a mutant
 * still makes a ruleset is the compiler's to say.
 */
#ifndef EMBUDO_NOTATION_MUTATE_H
#define EMBUDO_NOTATION_MUTATE_H

#include "notation/node.h"

enum { MUTANTS_MAX = 100000 };

struct mutant {
  size_t declaration; /* its number in the declarations */
  bool removed;       /* the whole declaration is taken away; else `body` is in its place */
  struct node body;
  struct place place; /* of what is changed */
  const char *part;   /* where in the declaration: "limit.per"; "" for all of it */
  const char *change; /* "\"7d\" -> \"7d16h48m\"" */
  const char *hint;   /* the test that would notice */
};

struct mutants {
  struct arena arena;
  struct mutant *items; /* in the order of the declarations */
  size_t count, cap;
};

/* The declarations must outlive the mutants. */
void mutants_init(struct mutants *mutants, const struct declarations *declarations);
void mutants_release(struct mutants *mutants);

/* The declarations with the mutant among them: `items` of *out is to be freed, the rest is borrowed. */
void mutant_apply(const struct mutant *mutant, const struct declarations *declarations,
                  struct declarations *out);

#endif
