/* Behaviour rules whose `when` hangs on an answer that is pending: the event waits with them until the answer is there, or is not
 * waited for any more. Then they are judged, and their points count from then on. */
#include "model/fold/fold_private.h"

enum truth fold_judge(struct fold *fold, uint32_t rule) {
  const struct cond *when = fold->rules->rules[rule].when;
  if (!when) return TRUTH_YES;
  fold->judging = true;
  enum truth holds = fold_test(fold, when);
  fold->judging = false;
  return holds;
}

uint32_t fold_waiting_of(const struct fold *fold, uint32_t rule) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < fold->waiting_count; i++) count += fold->waiting[i].rule == rule;
  return count;
}

/* What the rule's waiting events may still give. */
static void note_maybe(struct fold *fold, uint32_t r) {
  const struct rule *rule = &fold->rules->rules[r];
  int64_t waiting = fold_waiting_of(fold, r);
  fold_rule(fold, r)->unknown = waiting > 0;
  for (int i = 0; i < rule->slot_count; i++) {
    uint32_t slot = (uint32_t)(rule->first_slot + i);
    int64_t points = rule->points_fn != FN_NONE ? 0 : waiting * fold->rules->slots[slot].points;
    fold->maybe[slot] = fold_around_zero(account_cap(&fold->terms[slot], points));
    fold_slot_live(fold, slot);
  }
  fold_changed(fold, READS_SCORES);
}

bool fold_wait(struct fold *fold, uint32_t rule) {
  if (!fold->pending || fold->waiting_count == WAITING_MAX) return false;
  fold->waiting[fold->waiting_count++] = (struct fold_waiting){rule, fold->touch};
  note_maybe(fold, rule);
  return true;
}

struct ended {
  struct fold_waiting waited;
  enum truth holds;
};

/* Those that wait no more, out of the list: all are judged before any of them fires. */
static uint32_t take_ended(struct fold *fold, struct ended ended[WAITING_MAX]) {
  const struct touch *present = fold->touch;
  uint32_t count = 0, kept = 0;
  for (uint32_t i = 0; i < fold->waiting_count; i++) {
    struct fold_waiting waited = fold->waiting[i];
    fold->touch = waited.touch;
    enum truth holds = fold_judge(fold, waited.rule);
    if (holds == TRUTH_UNKNOWN && fold->pending)
      fold->waiting[kept++] = waited;
    else
      ended[count++] = (struct ended){waited, holds};
  }
  fold->touch = present;
  fold->waiting_count = kept;
  return count;
}

bool fold_end_waiting(struct fold *fold) {
  const struct touch *present = fold->touch;
  struct ended ended[WAITING_MAX];
  if (fold->waiting_count == 0) return false;
  uint32_t count = take_ended(fold, ended);
  for (uint32_t i = 0; i < count; i++) {
    note_maybe(fold, ended[i].waited.rule);
    fold->touch = ended[i].waited.touch;
    fold_end_judging(fold, ended[i].waited.rule, ended[i].holds);
  }
  fold->touch = present;
  return count > 0;
}
