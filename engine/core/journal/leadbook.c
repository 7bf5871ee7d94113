#include "core/journal/leadbook.h"

#include "base/err.h"
#include "core/desk/listbook.h"

enum { BOOK_FIRST = 1024, HEAP_NONE = 0xffffffffu };

struct leadbook {
  uint32_t dimension_count;
  struct clockbook *clocks;
  struct listbook *lists;
  struct map names; /* number 0 is the empty name */
  struct map accounts;
  struct lead_entry **of_account; /* by the number of the account: one of its leads */
  size_t account_cap;
  struct lead_entry **of_node;
  uint8_t *touched;      /* per node: enum touch_reason */
  uint32_t *absorbed_by; /* per node: another node plus one; 0: nobody */
  size_t node_cap;
  size_t entry_count;
  struct lead_entry **held; /* in the order in which they came; NULL where one has gone */
  size_t held_count, held_end, held_cap;
  struct decision *decisions; /* [0] is not used */
  uint32_t decision_count, decision_cap;
  uint32_t *queue; /* a ring of touched nodes */
  size_t queue_start, queue_count, queue_cap;
  struct lead_entry **heap; /* by due_ms */
  uint32_t heap_count;
  size_t heap_cap;
};

const char *cause_word(enum cause cause) {
  static const char *const words[] = {
#define X(code, word) word,
      CAUSES(X)
#undef X
  };
  return words[cause];
}

bool cause_parse(struct str word, enum cause *cause) {
  for (int i = 0; i < CAUSE_COUNT; i++) {
    if (!str_eq(word, str_of(cause_word((enum cause)i)))) continue;
    *cause = (enum cause)i;
    return true;
  }
  return false;
}

bool cause_is_live(enum cause cause) {
  return cause != CAUSE_IMPORT && cause != CAUSE_RULESET;
}

bool decision_is_live(const struct decision *decision) {
  return decision->released || cause_is_live((enum cause)decision->cause);
}

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
static void forget_act(struct decision *decision) {
  struct touch_act *act = decision->act;
  if (!act) return;
  memset(act + 1, 0, act->name.len + act->actor.len + act->role.len + act->reason.len);
  free(act);
  decision->act = NULL;
}

struct leadbook *leadbook_new(const struct ruleset *rules) {
  struct leadbook *book = xcalloc(1, sizeof *book);
  ASSERT(rules->lifecycle_count <= LEADBOOK_LIFECYCLES);
  book->dimension_count = rules->dimension_count;
  book->decision_count = 1;
  book->clocks = clockbook_new();
  book->lists = listbook_new(rules);
  map_init(&book->names);
  map_init(&book->accounts);
  map_intern(&book->names, STR(""));
  return book;
}

static void entry_free(struct lead_entry *entry) {
  if (!entry) return;
  free(entry->text);
  free(entry->list_at);
  free(entry);
}

void leadbook_free(struct leadbook *book) {
  if (!book) return;
  for (size_t i = 0; i < book->node_cap; i++) entry_free(book->of_node[i]);
  for (uint32_t number = 1; number < book->decision_count; number++) forget_act(&book->decisions[number]);
  map_release(&book->names);
  map_release(&book->accounts);
  free(book->of_account);
  clockbook_free(book->clocks);
  listbook_free(book->lists);
  free(book->of_node);
  free(book->touched);
  free(book->absorbed_by);
  free(book->decisions);
  free(book->queue);
  free(book->heap);
  free(book->held);
  free(book);
}

struct clockbook *leadbook_clocks(const struct leadbook *book) {
  return book->clocks;
}

struct listbook *leadbook_lists(const struct leadbook *book) {
  return book->lists;
}

uint16_t leadbook_intern(struct leadbook *book, struct str name) {
  uint32_t number = map_intern(&book->names, name);
  ASSERT(number <= LEADBOOK_NAMES_MAX);
  return (uint16_t)number;
}

uint16_t leadbook_find_name(const struct leadbook *book, struct str name) {
  uint32_t number = map_get(&book->names, name);
  return number == MAP_NONE ? 0 : (uint16_t)number;
}

uint32_t leadbook_names(const struct leadbook *book) {
  return book->names.count;
}

const char *leadbook_name(const struct leadbook *book, uint16_t number) {
  return book->names.entries[number].key.p;
}

/* --- entries ------------------------------------------------------------------------------------------------------ */

static void reach_node(struct leadbook *book, uint32_t node) {
  if (node < book->node_cap) return;
  size_t old = book->node_cap;
  while (node >= book->node_cap) book->node_cap = book->node_cap ? book->node_cap * 2 : BOOK_FIRST;
  book->of_node = xrealloc(book->of_node, book->node_cap * sizeof(struct lead_entry *));
  book->touched = xrealloc(book->touched, book->node_cap);
  book->absorbed_by = xrealloc(book->absorbed_by, book->node_cap * sizeof *book->absorbed_by);
  memset(book->absorbed_by + old, 0, (book->node_cap - old) * sizeof *book->absorbed_by);
  memset(book->of_node + old, 0, (book->node_cap - old) * sizeof(struct lead_entry *));
  memset(book->touched + old, 0, book->node_cap - old);
}

struct lead_entry *leadbook_find(const struct leadbook *book, uint32_t lead) {
  return lead < book->node_cap ? book->of_node[lead] : NULL;
}

struct lead_entry *leadbook_open(struct leadbook *book, uint32_t lead) {
  reach_node(book, lead);
  if (book->of_node[lead]) return book->of_node[lead];
  struct lead_entry *entry = xcalloc(1, sizeof *entry + book->dimension_count * sizeof entry->scores[0]);
  entry->node = lead;
  entry->heap_at = HEAP_NONE;
  entry->due_ms = TIME_NEVER;
  entry->folded_ms = TIME_MIN;
  book->of_node[lead] = entry;
  book->absorbed_by[lead] = 0;
  book->entry_count++;
  return entry;
}

/* --- held ---------------------------------------------------------------------------------------------------------- */

static void close_gaps(struct leadbook *book) {
  size_t kept = 0;
  for (size_t i = 0; i < book->held_end; i++) {
    if (!book->held[i]) continue;
    book->held[i]->held_at = (uint32_t)kept;
    book->held[kept++] = book->held[i];
  }
  book->held_end = kept;
}

static void take_held(struct leadbook *book, struct lead_entry *entry) {
  book->held[entry->held_at] = NULL;
  entry->held = false;
  book->held_count--;
  if (book->held_end > 2 * book->held_count + BOOK_FIRST) close_gaps(book);
}

static void add_held(struct leadbook *book, struct lead_entry *entry) {
  if (book->held_end == book->held_cap) {
    book->held_cap = book->held_cap ? book->held_cap * 2 : BOOK_FIRST;
    book->held = xrealloc(book->held, book->held_cap * sizeof(struct lead_entry *));
  }
  entry->held = true;
  entry->held_at = (uint32_t)book->held_end;
  book->held[book->held_end++] = entry;
  book->held_count++;
}

void leadbook_note_held(struct leadbook *book, struct lead_entry *entry) {
  bool held = false;
  for (size_t i = 0; i < LEADBOOK_LIFECYCLES; i++) held = held || entry->would[i];
  if (held && !entry->held) add_held(book, entry);
  if (!held && entry->held) take_held(book, entry);
}

size_t leadbook_held(const struct leadbook *book) {
  return book->held_count;
}

struct lead_entry *leadbook_next_held(const struct leadbook *book, size_t *cursor) {
  while (*cursor < book->held_end) {
    struct lead_entry *entry = book->held[(*cursor)++];
    if (entry) return entry;
  }
  return NULL;
}

/* --- accounts ------------------------------------------------------------------------------------------------------ */

static void leave_account(struct leadbook *book, struct lead_entry *entry) {
  if (entry->account.len == 0) return;
  if (entry->account_before)
    entry->account_before->account_next = entry->account_next;
  else
    book->of_account[entry->account_number] = entry->account_next;
  if (entry->account_next) entry->account_next->account_before = entry->account_before;
  entry->account_next = entry->account_before = NULL;
  entry->account = STR("");
}

static void join_account(struct leadbook *book, struct lead_entry *entry, struct str account) {
  uint32_t number = map_intern(&book->accounts, account);
  if (number >= book->account_cap) {
    size_t old = book->account_cap;
    book->account_cap = old ? old * 2 : BOOK_FIRST;
    book->of_account = xrealloc(book->of_account, book->account_cap * sizeof(struct lead_entry *));
    memset(book->of_account + old, 0, (book->account_cap - old) * sizeof(struct lead_entry *));
  }
  entry->account = account;
  entry->account_number = number;
  entry->account_next = book->of_account[number];
  if (entry->account_next) entry->account_next->account_before = entry;
  book->of_account[number] = entry;
}

void leadbook_set_account(struct leadbook *book, struct lead_entry *entry, struct str account) {
  if (str_eq(entry->account, account)) {
    if (account.len) entry->account = account; /* the old text may be another fold's */
    return;
  }
  leave_account(book, entry);
  if (account.len) join_account(book, entry, account);
}

struct lead_entry *leadbook_of_account(const struct leadbook *book, struct str account) {
  uint32_t number = account.len ? map_get(&book->accounts, account) : MAP_NONE;
  return number == MAP_NONE ? NULL : book->of_account[number];
}

/* --- leaving ------------------------------------------------------------------------------------------------------- */

void leadbook_remove(struct leadbook *book, uint32_t lead) {
  struct lead_entry *entry = leadbook_find(book, lead);
  if (!entry) return;
  leadbook_set_due(book, entry, TIME_NEVER);
  if (entry->held) take_held(book, entry);
  listbook_leave(book->lists, entry);
  leave_account(book, entry);
  book->of_node[lead] = NULL;
  book->entry_count--;
  entry_free(entry);
}

void leadbook_forget(struct leadbook *book, uint32_t lead) {
  const struct lead_entry *entry = leadbook_find(book, lead);
  for (uint32_t number = entry ? entry->decisions : 0; number; number = book->decisions[number].older) {
    book->decisions[number].record = 0;
    forget_act(&book->decisions[number]);
  }
  if (entry) clockbook_forget(book->clocks, entry->clocks);
  if (entry && entry->text) memset(entry->text, 0, strlen(entry->text));
  leadbook_remove(book, lead);
}

size_t leadbook_count(const struct leadbook *book) {
  return book->entry_count;
}

struct lead_entry *leadbook_next(const struct leadbook *book, size_t *cursor) {
  while (*cursor < book->node_cap) {
    struct lead_entry *entry = book->of_node[(*cursor)++];
    if (entry) return entry;
  }
  return NULL;
}

/* --- merging ------------------------------------------------------------------------------------------------------- */

static int rank(const struct leadbook *book, const struct lifecycle *lifecycle, uint16_t stage) {
  return stage ? lifecycle_stage(lifecycle, str_of(leadbook_name(book, stage))) : NONE;
}

/* What was compared before was another history. */
static void mark_merged(struct lead_entry *lead) {
  lead->derived_count = 0;
  lead->derived_hash = 0;
  lead->merged = true;
}

static void keep_further(const struct leadbook *book, struct lead_entry *lead, const struct lead_entry *other,
                         const struct ruleset *rules) {
  for (uint32_t i = 0; i < rules->lifecycle_count; i++) {
    const struct lifecycle *lifecycle = &rules->lifecycles[i];
    if (rank(book, lifecycle, other->recorded[i]) <= rank(book, lifecycle, lead->recorded[i])) continue;
    lead->recorded[i] = other->recorded[i];
    lead->recorded_ms[i] = other->recorded_ms[i];
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

uint32_t leadbook_decide(struct leadbook *book, struct lead_entry *entry, int lifecycle,
                         const struct decision *decision) {
  if (book->decision_count >= book->decision_cap) {
    book->decision_cap = book->decision_cap ? book->decision_cap * 2 : BOOK_FIRST;
    book->decisions = xrealloc(book->decisions, book->decision_cap * sizeof *book->decisions);
  }
  uint32_t number = book->decision_count++;
  book->decisions[number] = *decision;
  book->decisions[number].older = entry->decisions;
  book->decisions[number].node = entry->node;
  if (decision->act) book->decisions[number].act = copy_act(decision->act);
  entry->decisions = number;
  if (lifecycle != NONE) leadbook_stand(entry, lifecycle, decision->to, decision->at_ms);
  return number;
}

void leadbook_stand(struct lead_entry *entry, int lifecycle, uint16_t stage, int64_t at_ms) {
  entry->recorded[lifecycle] = stage;
  entry->recorded_ms[lifecycle] = at_ms;
}

uint32_t leadbook_decide_apart(struct leadbook *book, struct lead_entry *entry, int lifecycle,
                               const struct decision *decision, const struct ruleset *rules) {
  bool keeps = lifecycle != NONE && rank(book, &rules->lifecycles[lifecycle], entry->recorded[lifecycle]) >=
                                        rank(book, &rules->lifecycles[lifecycle], decision->to);
  mark_merged(entry);
  return leadbook_decide(book, entry, keeps ? NONE : lifecycle, decision);
}

struct decision *leadbook_decision(const struct leadbook *book, uint32_t number) {
  return number ? &book->decisions[number] : NULL;
}

uint32_t leadbook_decision_count(const struct leadbook *book) {
  return book->decision_count - 1;
}

/* --- touched leads -------------------------------------------------------------------------------------------------- */

void leadbook_touch(struct leadbook *book, uint32_t node, enum touch_reason reason) {
  reach_node(book, node);
  uint8_t before = book->touched[node];
  if (reason > before) book->touched[node] = (uint8_t)reason;
  if (before != TOUCH_NONE) return;
  if (book->queue_count == book->queue_cap) {
    size_t cap = book->queue_cap ? book->queue_cap * 2 : BOOK_FIRST;
    uint32_t *queue = xmalloc(cap * sizeof *queue);
    for (size_t i = 0; i < book->queue_count; i++)
      queue[i] = book->queue[(book->queue_start + i) % book->queue_cap];
    free(book->queue);
    book->queue = queue;
    book->queue_cap = cap;
    book->queue_start = 0;
  }
  book->queue[(book->queue_start + book->queue_count++) % book->queue_cap] = node;
}

bool leadbook_take(struct leadbook *book, uint32_t *node, enum touch_reason *reason) {
  if (book->queue_count == 0) return false;
  *node = book->queue[book->queue_start];
  book->queue_start = (book->queue_start + 1) % book->queue_cap;
  book->queue_count--;
  *reason = (enum touch_reason)book->touched[*node];
  book->touched[*node] = TOUCH_NONE;
  return true;
}

size_t leadbook_touched(const struct leadbook *book) {
  return book->queue_count;
}

/* --- deadlines: a binary heap ----------------------------------------------------------------------------------------- */

/* Equal instants in order of the leads' numbers, so that the same journal fires in the same order. */
static bool is_earlier(const struct lead_entry *a, const struct lead_entry *b) {
  return a->due_ms != b->due_ms ? a->due_ms < b->due_ms : a->node < b->node;
}

static void put(struct leadbook *book, uint32_t at, struct lead_entry *entry) {
  book->heap[at] = entry;
  entry->heap_at = at;
}

static void rise(struct leadbook *book, struct lead_entry *entry) {
  uint32_t at = entry->heap_at;
  for (; at > 0 && is_earlier(entry, book->heap[(at - 1) / 2]); at = (at - 1) / 2)
    put(book, at, book->heap[(at - 1) / 2]);
  put(book, at, entry);
}

static void sink(struct leadbook *book, struct lead_entry *entry) {
  uint32_t at = entry->heap_at;
  for (uint32_t kid; (kid = 2 * at + 1) < book->heap_count; at = kid) {
    if (kid + 1 < book->heap_count && is_earlier(book->heap[kid + 1], book->heap[kid])) kid++;
    if (!is_earlier(book->heap[kid], entry)) break;
    put(book, at, book->heap[kid]);
  }
  put(book, at, entry);
}

static void heap_add(struct leadbook *book, struct lead_entry *entry) {
  if (book->heap_count == book->heap_cap) {
    book->heap_cap = book->heap_cap ? book->heap_cap * 2 : BOOK_FIRST;
    book->heap = xrealloc(book->heap, book->heap_cap * sizeof(struct lead_entry *));
  }
  put(book, book->heap_count++, entry);
}

static void heap_remove(struct leadbook *book, struct lead_entry *entry) {
  struct lead_entry *last = book->heap[--book->heap_count];
  if (last != entry) {
    put(book, entry->heap_at, last);
    rise(book, last);
    sink(book, last);
  }
  entry->heap_at = HEAP_NONE;
}

void leadbook_set_due(struct leadbook *book, struct lead_entry *entry, int64_t due_ms) {
  if (due_ms == TIME_NEVER) {
    if (entry->heap_at != HEAP_NONE) heap_remove(book, entry);
    entry->due_ms = due_ms;
    return;
  }
  entry->due_ms = due_ms;
  if (entry->heap_at == HEAP_NONE) heap_add(book, entry);
  rise(book, entry);
  sink(book, entry);
}

size_t leadbook_waiting(const struct leadbook *book) {
  return book->heap_count;
}

struct lead_entry *leadbook_earliest(const struct leadbook *book) {
  return book->heap_count ? book->heap[0] : NULL;
}
