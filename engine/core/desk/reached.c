#include "core/desk/reached.h"

#include "model/ruleset/handoff.h"

static bool hands_over(const struct outbox *outbox, const struct ruleset *rules,
                       const struct outbox_row *row) {
  const char *name = outbox_name(outbox, row->effect);
  for (uint32_t i = 0; i < rules->effect_count; i++)
    if (strcmp(rules->effects[i].name, name) == 0) return rules->effects[i].handoff;
  return false;
}

int64_t reached_ms(const struct outbox *outbox, const struct ruleset *rules, const struct clock *clock) {
  int64_t reached = TIME_NEVER;
  bool waits = false;
  uint32_t at = OUTBOX_NONE;
  while ((at = outbox_next_of_lead(outbox, clock->node, at)) != OUTBOX_NONE) {
    const struct outbox_row *row = outbox_row(outbox, at);
    /* made of the same fold as the clock */
    if (row->made_ms != clock->started_ms || !hands_over(outbox, rules, row)) continue;
    waits = waits || row->state == OUTBOX_WAITING;
    if (row->delivered_ms < reached) reached = row->delivered_ms;
  }
  if (reached != TIME_NEVER) return reached;
  return waits ? TIME_NEVER : clock->started_ms;
}
