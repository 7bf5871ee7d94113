#include "model/ruleset/follows.h"

#include "model/ruleset/desk.h"

enum { READS_PEERS = READS_EVIDENCE | READS_ACCOUNT }; /* frameworks of accounts read both */

static bool reads(const struct cond *cond) {
  return cond && (cond->reads & READS_PEERS) == READS_PEERS;
}

/* Gates are in the way of what happens by itself only where a move by itself leads there. */
static bool lifecycle_follows(const struct lifecycle *lifecycle) {
  uint64_t by_itself = 0;
  bool any = reads(lifecycle->who);
  for (uint32_t i = 0; i < lifecycle->move_count; i++) {
    any = any || reads(lifecycle->moves[i].when);
    if (lifecycle->moves[i].when) by_itself |= UINT64_C(1) << lifecycle->moves[i].to;
  }
  for (uint32_t i = 0; i < lifecycle->gate_count; i++)
    any = any || (lifecycle->gates[i].into & by_itself && reads(lifecycle->gates[i].need));
  return any;
}

static bool points_follow(const struct ruleset *rules) {
  bool any = false;
  for (uint32_t i = 0; i < rules->rule_count; i++)
    any = any || reads(rules->rules[i].when) || reads(rules->rules[i].counts_while);
  for (uint32_t i = 0; i < rules->reset_count; i++) any = any || reads(rules->resets[i].when);
  for (uint32_t i = 0; i < rules->ignore_count; i++) any = any || reads(rules->ignores[i].when);
  return any;
}

bool ruleset_follows_peers(const struct ruleset *rules) {
  bool any = points_follow(rules) || reads(rules->account_existing);
  for (uint32_t i = 0; i < rules->segment_count; i++) any = any || reads(rules->segments[i].when);
  for (uint32_t i = 0; i < rules->lifecycle_count; i++) any = any || lifecycle_follows(&rules->lifecycles[i]);
  for (uint32_t i = 0; i < rules->contact_count; i++) any = any || reads(rules->contact[i].when);
  for (uint32_t i = 0; i < rules->worklist_count; i++) any = any || reads(rules->worklists[i].who);
  for (uint32_t i = 0; i < rules->enricher_count; i++) any = any || reads(rules->enrichers[i].when);
  return rules->account_answers && any;
}
