/* follows.h - what happens by itself when something becomes known, as far as the rules alone can say. Pure. */
#ifndef EMBUDO_MODEL_FOLLOWS_H
#define EMBUDO_MODEL_FOLLOWS_H

#include "model/ruleset/ruleset.h"

/* Whether anything that happens by itself (points, stages, segments, lists, calls to enrichers) may follow from what an account's
 * people answer. If not, their answers are looked up when somebody asks or acts, and nobody has to be looked at as one comes. */
bool ruleset_follows_peers(const struct ruleset *rules);

#endif
