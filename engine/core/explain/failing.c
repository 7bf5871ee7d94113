#include "core/explain/failing.h"

static void add(struct failings *failings, const char *needed, const char *actual) {
  for (uint32_t i = 0; i < failings->count; i++)
    if (strcmp(failings->items[i].needed, needed) == 0) return;
  if (failings->count < FAILING_MAX) failings->items[failings->count++] = (struct failing){needed, actual};
}

void failing_add(struct failings *failings, const struct told *told, bool wanted, struct arena *arena) {
  if (told->truth == (wanted ? TRUTH_YES : TRUTH_NO)) return;
  if (told->form == TOLD_LEAF) {
    add(failings, wanted ? told->text : arena_printf(arena, "~%s", told->text), told->actual);
    return;
  }
  for (uint32_t i = 0; i < told->count; i++)
    failing_add(failings, &told->kids[i], told->form == TOLD_NOT ? !wanted : wanted, arena);
}

static void add_cond(struct failings *failings, const struct fold *fold, const struct cond *cond, bool wanted,
                     struct arena *arena) {
  struct told told = tell_cond(fold, cond, arena);
  failing_add(failings, &told, wanted, arena);
}

void failing_moves(struct failings *failings, const struct fold *fold, int lifecycle, uint64_t stages,
                   struct arena *arena) {
  const struct lifecycle *l = &fold_rules(fold)->lifecycles[lifecycle];
  uint64_t here = UINT64_C(1) << fold_stage(fold, lifecycle);
  if (l->who && !fold_in_lifecycle(fold, lifecycle)) add_cond(failings, fold, l->who, true, arena);
  for (uint32_t m = 0; m < l->move_count; m++) {
    const struct move *move = &l->moves[m];
    if (!move->when || !(move->from & here) || !(stages >> move->to & 1)) continue;
    add_cond(failings, fold, move->when, true, arena);
    for (uint32_t g = 0; g < l->gate_count; g++)
      if (l->gates[g].into >> move->to & 1) add_cond(failings, fold, l->gates[g].need, true, arena);
    const struct contact_block *block = fold_contact_block(fold);
    if (block && lifecycle_shows(l, fold_stage(fold, lifecycle), move->to))
      add_cond(failings, fold, block->when, false, arena);
  }
}

void failing_json(const struct failing *items, uint32_t count, struct json_writer *w) {
  json_open(w, '[');
  for (uint32_t i = 0; i < count; i++) {
    json_open(w, '{');
    json_key(w, "needed");
    json_put_text(w, items[i].needed);
    json_key(w, "actual");
    json_put_text(w, items[i].actual);
    json_close(w, '}');
  }
  json_close(w, ']');
}
