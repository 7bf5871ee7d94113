#include "core/desk/worklists.h"

uint64_t worklists_holding(const struct fold *fold) {
  const struct ruleset *rules = fold_rules(fold);
  uint64_t holding = 0;
  if (fold_ignored(fold)) return 0;
  for (uint32_t i = 0; i < rules->worklist_count; i++) {
    const struct cond *who = rules->worklists[i].who;
    if (!who || fold_test(fold, who) == TRUTH_YES) holding |= UINT64_C(1) << i;
  }
  return holding;
}

int64_t worklists_next(const struct fold *fold, int64_t until_ms) {
  const struct ruleset *rules = fold_rules(fold);
  int64_t next = TIME_NEVER;
  for (uint32_t i = 0; i < rules->worklist_count; i++) {
    const struct cond *who = rules->worklists[i].who;
    if (!who || !(who->reads & (READS_TIME | READS_SCORES))) continue;
    int64_t change = fold_next_change(fold, who, next == TIME_NEVER ? until_ms : next);
    if (change < next) next = change;
  }
  return next;
}

static int stage_of(const struct leadbook *book, const struct ruleset *rules, const struct lead_entry *entry,
                    int lifecycle) {
  uint16_t recorded = entry->recorded[lifecycle];
  const struct lifecycle *l = &rules->lifecycles[lifecycle];
  return recorded ? lifecycle_stage(l, str_of(leadbook_name(book, recorded))) : l->start;
}

bool worklists_has(const struct leadbook *book, const struct ruleset *rules, const struct lead_entry *entry,
                   const struct worklist *list) {
  if (entry->folded_ms == TIME_MIN || entry->ignored) return false;
  if (!(entry->lists >> (list - rules->worklists) & 1)) return false;
  if (!list->stages) return true;
  int stage = stage_of(book, rules, entry, list->lifecycle);
  return stage != NONE && list->stages >> stage & 1;
}

const struct clock *worklists_clock(const struct leadbook *book, const struct lead_entry *entry) {
  const struct clockbook *clocks = leadbook_clocks(book);
  const struct clock *soonest = NULL;
  for (uint32_t number = entry->clocks; number; number = clockbook_at(clocks, number)->older) {
    const struct clock *clock = clockbook_at(clocks, number);
    if (clock_is_open(clock) && (!soonest || clock->due_ms < soonest->due_ms)) soonest = clock;
  }
  return soonest;
}

static int64_t key_of(const struct leadbook *book, const struct worklist *list, const struct list_key *key,
                      const struct lead_entry *entry) {
  const struct clock *clock;
  switch (key->kind) {
  case KEY_CLOCK: clock = worklists_clock(book, entry); return clock ? -clock->due_ms : -TIME_NEVER;
  case KEY_SCORE: return entry->scores[key->dimension];
  case KEY_WAITING:
    return -(entry->recorded[list->lifecycle] ? entry->recorded_ms[list->lifecycle] : entry->first_ms);
  case KEY_RECENT: return entry->last_ms;
  }
  return 0;
}

struct worklist_place worklists_place(const struct leadbook *book, const struct worklist *list,
                                      struct lead_entry *entry) {
  struct worklist_place place = {.entry = entry};
  for (uint32_t i = 0; i < list->order_count; i++) place.keys[i] = key_of(book, list, &list->order[i], entry);
  return place;
}

int worklists_cmp(const struct worklist *list, const struct worklist_place *a,
                  const struct worklist_place *b) {
  for (uint32_t i = 0; i < list->order_count; i++)
    if (a->keys[i] != b->keys[i]) return a->keys[i] > b->keys[i] ? -1 : 1;
  return str_cmp(a->entry->id, b->entry->id);
}
