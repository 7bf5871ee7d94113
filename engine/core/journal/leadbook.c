#include "core/journal/leadbook.h"

#include "core/journal/leadbook_private.h"

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
  for (uint32_t number = 1; number < book->decision_count; number++)
    leadbook_forget_act(&book->decisions[number]);
  map_release(&book->names);
  map_release(&book->accounts);
  free(book->of_account);
  clockbook_free(book->clocks);
  listbook_free(book->lists);
  free(book->of_node);
  free(book->touched);
  free(book->absorbed_by);
  free(book->mentioned);
  free(book->histories);
  free(book->mentions);
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

void leadbook_reach(struct leadbook *book, uint32_t node) {
  if (node < book->node_cap) return;
  size_t old = book->node_cap;
  while (node >= book->node_cap) book->node_cap = book->node_cap ? book->node_cap * 2 : BOOK_FIRST;
  book->of_node = xrealloc(book->of_node, book->node_cap * sizeof(struct lead_entry *));
  book->touched = xrealloc(book->touched, book->node_cap);
  book->absorbed_by = xrealloc(book->absorbed_by, book->node_cap * sizeof *book->absorbed_by);
  book->mentioned = xrealloc(book->mentioned, book->node_cap * sizeof *book->mentioned);
  memset(book->mentioned + old, 0, (book->node_cap - old) * sizeof *book->mentioned);
  memset(book->absorbed_by + old, 0, (book->node_cap - old) * sizeof *book->absorbed_by);
  memset(book->of_node + old, 0, (book->node_cap - old) * sizeof(struct lead_entry *));
  memset(book->touched + old, 0, book->node_cap - old);
}

struct lead_entry *leadbook_find(const struct leadbook *book, uint32_t lead) {
  return lead < book->node_cap ? book->of_node[lead] : NULL;
}

struct lead_entry *leadbook_open(struct leadbook *book, uint32_t lead) {
  leadbook_reach(book, lead);
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
    leadbook_forget_act(&book->decisions[number]);
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
