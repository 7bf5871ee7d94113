/* cost.h - what each rule costs an event.
 *
 * A rule's cost is spread over matching, timelines, folding and the search for the next instant, so it cannot be clocked
 * where it happens. It is measured by difference: the events are taken and all leads folded under the rules directory
 * without any rule, then with this one rule added; the least processor time of several rounds of each, alternating. Rules that
 * other rules make true (a score's bar) are measured as they are alone. What all cost together is measured too, and need
 * not be the sum: rules share the matching of their patterns.
 */
#ifndef EMBUDO_CORE_COST_COST_H
#define EMBUDO_CORE_COST_COST_H

#include "core/rules/generation.h"

enum { COST_EVENTS_MAX = 10000000, COST_ROUNDS_MAX = 1000 };

struct cost_events { /* JSON, one event each */
  struct arena arena;
  struct str *items;
  size_t count, cap;
};

void cost_events_init(struct cost_events *events);
void cost_events_release(struct cost_events *events);
void cost_events_add(struct cost_events *events, struct str json); /* copied */

/* So many events of `leads` people over sixty days, from what the rules have words for; the same for the same seed. */
void cost_events_draw(struct cost_events *events, const struct ruleset *rules, size_t count, uint32_t leads,
                      uint64_t seed);

struct cost_probe { /* the world's side */
  void *context;
  int64_t (*cpu_ns)(void *context);                     /* processor time of this thread */
  size_t (*heap)(void *context);                        /* bytes in use; 0 always where that is not known */
  void (*step)(void *context, size_t done, size_t all); /* may be NULL */
};

struct cost_rule {
  const char *id;
  struct place place;
  bool measured; /* false: without the other rules it does not load (it asks for a topic of theirs) */
  bool function; /* some of it is a function */
  double ns;     /* per event; within the noise it may be below 0 */
  double fired;  /* per event: firings that count; a profile rule: how often it began to hold */
  double bytes;  /* kept per event */
  /* Of its functions, exactly; 0 where it has none, or none was called. */
  double calls;                         /* per event */
  double allocations, allocated, steps; /* per call: blocks, their bytes, instructions of the allowance */
  double points;                        /* held by all leads at the end, sizes added, in points */
};

struct cost {
  struct arena arena;
  struct cost_rule *rules; /* in the order of the ruleset */
  uint32_t rule_count;
  size_t events, leads;
  double base_ns, whole_ns; /* per event: without rules, with all */
};

/* The generation was built from `bundle` with keep_declared. */
void cost_measure(struct cost *cost, struct generation *generation, const struct ruledir *bundle,
                  const struct cost_events *events, uint32_t rounds, const struct cost_probe *probe);
void cost_release(struct cost *cost);

#endif
