#include "model/ruleset/desk.h"

int desk_sla(const struct ruleset *rules, struct str id) {
  for (uint32_t i = 0; i < rules->sla_count; i++)
    if (str_eq(str_of(rules->slas[i].id), id)) return (int)i;
  return NONE;
}

int desk_worklist(const struct ruleset *rules, struct str id) {
  for (uint32_t i = 0; i < rules->worklist_count; i++)
    if (str_eq(str_of(rules->worklists[i].id), id)) return (int)i;
  return NONE;
}

uint64_t desk_handed_stages(const struct ruleset *rules, int lifecycle) {
  uint64_t stages = rules->lifecycles[lifecycle].endorsed | rules->lifecycles[lifecycle].sales;
  for (uint32_t i = 0; i < rules->assignment_count; i++)
    if (rules->assignments[i].lifecycle == lifecycle) stages |= rules->assignments[i].stages;
  return stages;
}
