/* naive.h - what a world's leads ought to score, worked out the long way.
 *
 * Written from the promises, not from the engine: everything is computed afresh from the whole list of events for each
 * lead and instant, with plain loops and without any state kept between two questions. It shares no code with the engine.
 */
#ifndef EMBUDO_PROPERTY_NAIVE_H
#define EMBUDO_PROPERTY_NAIVE_H

#include "world.h"

struct naive {
  const struct world *world;
  int order[WORLD_EVENTS]; /* events by (time, source, messageId) */
  int owner
      [WORLD_EVENTS]; /* which lead an event belongs to: a number shared by one lead's events; -1: nobody's */
  int lead_count;
  char ids[WORLD_EVENTS][16]; /* by lead: its public id */
};

void naive_make(struct naive *naive, const struct world *world);

/* How many of the lead's events are at or before the instant. */
int naive_events(const struct naive *naive, int lead, int64_t at_ms);

/* Milli-points of every dimension, clamped. */
void naive_scores(const struct naive *naive, int lead, int64_t at_ms, int64_t scores[WORLD_DIMENSIONS]);

/* The lead's stage in the lifecycle "people". */
int naive_stage(const struct naive *naive, int lead, int64_t at_ms);

#endif
