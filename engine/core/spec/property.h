/* property.h - what must hold for every history, tried on many that are made by chance.
 *
 * A history is a list of events at instants, drawn from the vocabulary of the rules (vocabulary.h) with a fixed seed, so a
 * failure is the same in the next run. It is then made shorter as long as it still fails: first by halves, then
 * event by event. What remains is told as the lines of a test.
 */
#ifndef EMBUDO_CORE_SPEC_PROPERTY_H
#define EMBUDO_CORE_SPEC_PROPERTY_H

#include "core/spec/spec_private.h"

enum {
  PROPERTY_RUNS = 200, /* histories, where it does not say */
  PROPERTY_RUNS_MAX = 10000,
  PROPERTY_EVENTS = 12, /* in one history at most, where it does not say */
  PROPERTY_EVENTS_MAX = 200,
  PROPERTY_SHRINKS_MAX = 2000 /* trials to make a failing history shorter */
};

/* Adds to spec->message what does not hold, with the shortest history found; nothing when it holds. */
void property_run(struct spec *spec, const struct node *body);

#endif
