#include "core/journal/leadbook_private.h"

/* --- whose doing a decision was -------------------------------------------------------------------------------------- */

static void take_text(char **room, struct str *text) {
  if (text->len) memcpy(*room, text->p, text->len);
  text->p = *room;
  *room += text->len;
}

/* The texts stand behind it. */
static struct touch_act *copy_act(const struct touch_act *act) {
  size_t size = sizeof *act + act->name.len + act->actor.len + act->role.len + act->reason.len;
  struct touch_act *copy = xmalloc(size);
  char *room = (char *)(copy + 1);
  *copy = *act;
  take_text(&room, &copy->name);
  take_text(&room, &copy->actor);
  take_text(&room, &copy->role);
  take_text(&room, &copy->reason);
  return copy;
}

/* Nobody wants to know any more who did it. */
void leadbook_forget_act(struct decision *decision) {
  struct touch_act *act = decision->act;
  if (!act) return;
  memset(act + 1, 0, act->name.len + act->actor.len + act->role.len + act->reason.len);
  free(act);
  decision->act = NULL;
}

/* --- merging ------------------------------------------------------------------------------------------------------- */

struct standing { /* in a stage of a lifecycle */
  uint16_t stage;
  int64_t since_ms;
};

static int rank(const struct leadbook *book, const struct lifecycle *lifecycle, uint16_t stage) {
  return stage ? lifecycle_stage(lifecycle, str_of(leadbook_name(book, stage))) : NONE;
}

/* What was compared before was another history. */
static void mark_merged(struct lead_entry *lead) {
  lead->derived_count = 0;
  lead->derived_hash = 0;
  lead->merged = true;
}

/* Of two who stand in the same stage whoever has stood there longer: which of them is part of the other hangs on the order in which their
 * ids came, and that is another at a start when somebody was erased meanwhile. */
static bool is_further(const struct leadbook *book, const struct lifecycle *lifecycle,
                       const struct standing *a, const struct standing *b) {
  int left = rank(book, lifecycle, a->stage), right = rank(book, lifecycle, b->stage);
  return left != right ? left > right : left != NONE && a->since_ms < b->since_ms;
}

static void keep_further(const struct leadbook *book, struct lead_entry *lead, const struct lead_entry *other,
                         const struct ruleset *rules) {
  for (uint32_t i = 0; i < rules->lifecycle_count; i++) {
    const struct standing mine = {lead->recorded[i], lead->recorded_ms[i]};
    const struct standing theirs = {other->recorded[i], other->recorded_ms[i]};
    if (is_further(book, &rules->lifecycles[i], &theirs, &mine))
      leadbook_stand(lead, (int)i, theirs.stage, theirs.since_ms);
  }
}

/* What is not committed yet is newer than all that is. */
static uint64_t place_of(const struct leadbook *book, uint32_t number) {
  uint64_t record = book->decisions[number].record;
  return record ? record : UINT64_MAX;
}

/* Two histories become one, newest first by their place in the journal. */
static uint32_t merge_histories(struct leadbook *book, uint32_t a, uint32_t b) {
  uint32_t first = 0, *end = &first;
  while (a && b) {
    uint32_t *newer = place_of(book, a) >= place_of(book, b) ? &a : &b;
    *end = *newer;
    end = &book->decisions[*newer].older;
    *newer = *end;
  }
  *end = a ? a : b;
  return first;
}

void leadbook_absorb(struct leadbook *book, struct lead_entry *lead, uint32_t other,
                     const struct ruleset *rules) {
  const struct lead_entry *gone = leadbook_find(book, other);
  if (!gone || gone == lead) return;
  keep_further(book, lead, gone, rules);
  lead->decisions = merge_histories(book, lead->decisions, gone->decisions);
  clockbook_absorb(book->clocks, &lead->clocks, gone->clocks);
  leadbook_join_histories(book, lead, gone);
  mark_merged(lead);
  leadbook_remove(book, other);
  book->absorbed_by[other] = lead->node + 1;
}

/* The chain has no circle: who absorbs has an entry, and an entry ends it. */
struct lead_entry *leadbook_holder(const struct leadbook *book, uint32_t node) {
  while (node < book->node_cap && !book->of_node[node] && book->absorbed_by[node])
    node = book->absorbed_by[node] - 1;
  return leadbook_find(book, node);
}

/* --- decisions ----------------------------------------------------------------------------------------------------- */

static uint32_t add(struct leadbook *book, const struct lead_entry *entry, const struct decision *decision) {
  if (book->decision_count >= book->decision_cap) {
    book->decision_cap = book->decision_cap ? book->decision_cap * 2 : BOOK_FIRST;
    book->decisions = xrealloc(book->decisions, book->decision_cap * sizeof *book->decisions);
  }
  uint32_t number = book->decision_count++;
  book->decisions[number] = *decision;
  book->decisions[number].older = 0;
  book->decisions[number].node = entry->node;
  if (decision->act) book->decisions[number].act = copy_act(decision->act);
  return number;
}

uint32_t leadbook_decide(struct leadbook *book, struct lead_entry *entry, int lifecycle,
                         const struct decision *decision) {
  uint32_t number = add(book, entry, decision);
  book->decisions[number].older = entry->decisions;
  entry->decisions = number;
  if (lifecycle != NONE) leadbook_stand(entry, lifecycle, decision->to, decision->at_ms);
  return number;
}

uint32_t leadbook_insert(struct leadbook *book, struct lead_entry *entry, const struct decision *decision) {
  uint32_t number = add(book, entry, decision);
  entry->decisions = merge_histories(book, entry->decisions, number);
  return number;
}

void leadbook_stand(struct lead_entry *entry, int lifecycle, uint16_t stage, int64_t at_ms) {
  entry->recorded[lifecycle] = stage;
  entry->recorded_ms[lifecycle] = at_ms;
}

uint32_t leadbook_decide_apart(struct leadbook *book, struct lead_entry *entry, int lifecycle,
                               const struct decision *decision, const struct ruleset *rules) {
  const struct standing theirs = {decision->to, decision->at_ms};
  bool moves = false;
  if (lifecycle != NONE) {
    const struct standing mine = {entry->recorded[lifecycle], entry->recorded_ms[lifecycle]};
    moves = is_further(book, &rules->lifecycles[lifecycle], &theirs, &mine);
  }
  mark_merged(entry);
  return leadbook_decide(book, entry, moves ? lifecycle : NONE, decision);
}

struct decision *leadbook_decision(const struct leadbook *book, uint32_t number) {
  return number ? &book->decisions[number] : NULL;
}

uint32_t leadbook_decision_count(const struct leadbook *book) {
  return book->decision_count - 1;
}
