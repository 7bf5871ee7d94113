/* rig.h - an engine with rules from memory, for property tests: rule text in, events in, everything out as text. */
#ifndef EMBUDO_PROPERTY_RIG_H
#define EMBUDO_PROPERTY_RIG_H

#include "core/rules/binding.h"

struct chance;

struct rig {
  struct generation *generation;
  struct binding *binding;
  struct engine *engine;
  struct fold *fold;
  struct chance *nudges; /* set: folds are stopped and looked at between touches, which must change nothing */
};

/* Fails the test when the rules do not load; `what` is said then. */
struct generation *rig_rules(const char *text, const char *what);

void rig_start(struct rig *rig,
               struct generation *generation); /* a fresh engine; the generation is borrowed */
void rig_stop(struct rig *rig);
void rig_feed(struct rig *rig, const char *source, struct str json);

/* All that can be read of every lead at an instant: ids, scores, bands, stages, transitions, traits, explanations, in the
 * order of public ids. To be freed. */
char *rig_describe(struct rig *rig, int64_t at_ms);

#endif
