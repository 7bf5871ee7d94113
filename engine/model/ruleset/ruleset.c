#include "model/ruleset/ruleset.h"

#include "base/err.h"
#include "base/zone.h"
#include "model/match/atoms.h"
#include "model/ruleset/list.h"

struct ruleset *ruleset_new(void) {
  struct ruleset *rules = xcalloc(1, sizeof *rules);
  arena_init(&rules->arena, 0);
  rules->grade_rows = rules->grade_columns = NONE;
  return rules;
}

void ruleset_free(struct ruleset *rules) {
  if (!rules) return;
  atoms_free(rules->atom_index);
  for (uint32_t i = 0; i < rules->list_count; i++) list_free(rules->lists[i]);
  for (uint32_t i = 0; i < rules->zone_count; i++) zone_free(rules->zones[i]);
  for (uint32_t i = 0; i < rules->regex_count; i++) regex_free(rules->regexes[i]);
  arena_release(&rules->arena);
  free(rules);
}

int ruleset_dimension(const struct ruleset *rules, struct str name) {
  for (uint32_t i = 0; i < rules->dimension_count; i++)
    if (str_eq(str_of(rules->dimensions[i].name), name)) return (int)i;
  return NONE;
}

int ruleset_rule(const struct ruleset *rules, struct str id) {
  for (uint32_t i = 0; i < rules->rule_count; i++)
    if (str_eq(str_of(rules->rules[i].id), id)) return (int)i;
  return NONE;
}

int ruleset_segment(const struct ruleset *rules, struct str id) {
  for (uint32_t i = 0; i < rules->segment_count; i++)
    if (str_eq(str_of(rules->segments[i].id), id)) return (int)i;
  return NONE;
}

int ruleset_destination(const struct ruleset *rules, struct str name) {
  for (uint32_t i = 0; i < rules->destination_count; i++)
    if (str_eq(str_of(rules->destinations[i].name), name)) return (int)i;
  return NONE;
}

int ruleset_enricher(const struct ruleset *rules, struct str id) {
  for (uint32_t i = 0; i < rules->enricher_count; i++)
    if (str_eq(str_of(rules->enrichers[i].id), id)) return (int)i;
  return NONE;
}

int ruleset_lifecycle(const struct ruleset *rules, struct str name) {
  for (uint32_t i = 0; i < rules->lifecycle_count; i++)
    if (str_eq(str_of(rules->lifecycles[i].name), name)) return (int)i;
  return NONE;
}

bool ruleset_asks_account(const struct ruleset *rules, struct str key) {
  for (uint32_t i = 0; i < rules->account_key_count; i++)
    if (str_eq(rules->account_keys[i], key)) return true;
  return rules->account_all;
}

int ruleset_act(const struct ruleset *rules, struct str name) {
  for (uint32_t i = 0; i < rules->act_count; i++)
    if (str_eq(str_of(rules->acts[i].name), name)) return (int)i;
  return NONE;
}

bool lifecycle_hands_off(const struct lifecycle *lifecycle, int from, int to) {
  return lifecycle->sales >> to & 1 && !(lifecycle->sales >> from & 1);
}

bool lifecycle_shows(const struct lifecycle *lifecycle, int from, int to) {
  bool handed = lifecycle->handed >> to & 1 && !(lifecycle->handed >> from & 1);
  return handed || lifecycle_hands_off(lifecycle, from, to);
}

int lifecycle_stage(const struct lifecycle *lifecycle, struct str name) {
  for (uint32_t i = 0; i < lifecycle->stage_count; i++)
    if (str_eq(str_of(lifecycle->stages[i]), name)) return (int)i;
  return NONE;
}
