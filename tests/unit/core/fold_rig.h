/* fold_rig.h - an engine under rules that a test writes, and a fold of it: leads are fed and folded by the test itself.
 *
 *   fold_rig_open(written_rules("..."));
 *   engine_feed(engine, ...); engine_fold(engine, lead, at_ms, fold);
 *   fold_rig_close();
 */
#ifndef EMBUDO_FOLD_RIG_H
#define EMBUDO_FOLD_RIG_H

#include "written_rules.h"

#include "core/engine/engine.h"
#include "core/rules/binding.h"

static struct generation *generation;
static struct binding *binding;
static struct engine *engine;
static struct fold *fold;

/* The rules are the rig's from now on. */
static inline void fold_rig_open(struct generation *rules) {
  struct engine_calls calls;
  generation = rules;
  binding = binding_new(generation);
  binding_calls(binding, &calls);
  engine = engine_new(generation->rules, &calls, NULL);
  fold = engine_fold_new(engine);
}

static inline void fold_rig_close(void) {
  fold_free(fold);
  engine_free(engine);
  binding_free(binding);
  generation_free(generation);
}

#endif
