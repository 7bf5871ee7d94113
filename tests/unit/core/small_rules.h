/* small_rules.h - a ruleset for tests, made by hand: what each signal does is said by its number.
 *
 *   track "Scored"  10 points of "engagement"       track "Bot"   taken by an ignore rule
 *   page            its path is captured            track "Kept"  its JSON is kept
 *   track "Called"  points by function 0            track "Busy"  the only activity, with `activity_only`
 */
#ifndef EMBUDO_SMALL_RULES_H
#define EMBUDO_SMALL_RULES_H

#include "model/match/atoms.h"

enum { ON_SCORED, ON_PAGE, ON_BOT, ON_CALLED, ON_KEPT, ON_BUSY, SMALL_SIGNALS };
enum { RULE_SCORED, RULE_CALLED, SMALL_RULES };

static inline struct signal_set small_set(struct ruleset *rules, uint16_t signal) {
  return (struct signal_set){arena_dup(&rules->arena, &signal, sizeof signal), 1};
}

static inline struct ruleset *small_rules(bool activity_only) {
  static const char *const names[SMALL_SIGNALS] = {[ON_SCORED] = "Scored",
                                                   [ON_BOT] = "Bot",
                                                   [ON_CALLED] = "Called",
                                                   [ON_KEPT] = "Kept",
                                                   [ON_BUSY] = "Busy"};
  struct ruleset *rules = ruleset_new();
  struct arena *arena = &rules->arena;
  rules->dimensions = arena_zalloc(arena, sizeof *rules->dimensions);
  rules->dimensions[0] = (struct dimension){.name = "engagement", .min = INT64_MIN, .max = INT64_MAX};
  rules->dimension_count = 1;
  rules->signals = arena_zalloc(arena, SMALL_SIGNALS * sizeof *rules->signals);
  rules->atoms = arena_zalloc(arena, SMALL_SIGNALS * sizeof *rules->atoms);
  for (uint32_t i = 0; i < SMALL_SIGNALS; i++) {
    uint8_t types = i == ON_PAGE ? 1 << EVENT_PAGE : 1 << EVENT_TRACK;
    rules->atoms[i] = (struct atom){.types = types, .signal = i};
    if (i != ON_PAGE) rules->atoms[i].name = str_of(names[i]);
  }
  rules->signals[ON_PAGE].captures = true;
  rules->signals[ON_PAGE].capture =
      (struct field){.root = FIELD_PROPERTIES, .or_page = true, .path = STR("path")};
  rules->signals[ON_KEPT].keep_raw = true;
  rules->signal_count = rules->atom_count = SMALL_SIGNALS;
  rules->rules = arena_zalloc(arena, SMALL_RULES * sizeof *rules->rules);
  rules->slots = arena_zalloc(arena, SMALL_RULES * sizeof *rules->slots);
  for (int i = 0; i < SMALL_RULES; i++) {
    rules->rules[i] = (struct rule){.id = i == RULE_SCORED ? "scored" : "called",
                                    .doc = "",
                                    .kind = RULE_BEHAVIOUR,
                                    .group = NONE,
                                    .first_slot = i,
                                    .slot_count = 1,
                                    .points_fn = i == RULE_CALLED ? 0 : FN_NONE};
    rules->rules[i].on = small_set(rules, i == RULE_SCORED ? ON_SCORED : ON_CALLED);
    rules->slots[i] = (struct slot){.rule = i, .dimension = 0, .points = 10 * MILLI};
  }
  rules->rule_count = rules->behaviour_count = rules->slot_count = SMALL_RULES;
  rules->ignores = arena_zalloc(arena, sizeof *rules->ignores);
  rules->ignores[0] = (struct ignore){.id = "bots", .doc = "", .on = small_set(rules, ON_BOT)};
  rules->ignore_count = 1;
  if (activity_only) rules->activity = small_set(rules, ON_BUSY);
  rules->functions = arena_zalloc(arena, sizeof *rules->functions);
  rules->functions[0] = (struct fn_info){.owner = "rule called"};
  rules->function_count = 1;
  atoms_build(rules);
  return rules;
}

#endif
