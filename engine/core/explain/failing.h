/* failing.h - which conditions do not hold: of a condition as explanations tell it, the leaves that would have to be otherwise, and
 * for a lead what keeps it out of certain stages. Pure. */
#ifndef EMBUDO_CORE_FAILING_H
#define EMBUDO_CORE_FAILING_H

#include "core/explain/explain.h"

enum { FAILING_MAX = 32 }; /* told at once; further ones are left out */

struct failing {
  const char *needed, *actual; /* "score { fit = at_least(30) }", "fit is 20: 10 more" */
};

struct failings { /* begin with {0}; `items` live in the arena */
  struct failing items[FAILING_MAX];
  uint32_t count;
};

/* Those of the condition that keep it from being as wanted; each once. */
void failing_add(struct failings *failings, const struct told *told, bool wanted, struct arena *arena);

/* What keeps the lead from the stages of a lifecycle, of all automatic moves out of its present stage into one of them and of
 * their gates. */
void failing_moves(struct failings *failings, const struct fold *fold, int lifecycle, uint64_t stages,
                   struct arena *arena);

/* A list of {"needed", "actual"}. */
void failing_json(const struct failing *items, uint32_t count, struct json_writer *w);

#endif
