/* Whose history names an id by now: histories move from lead to lead, and nothing of who is whose tells where one has gone in the end. */
#include "core/journal/leadbook_private.h"

/* --- histories that became one ---------------------------------------------------------------------------------------- */

static uint32_t whole_of(struct leadbook *book, uint32_t history) {
  while (book->histories[history].into) {
    uint32_t into = book->histories[history].into, further = book->histories[into].into;
    if (further) book->histories[history].into = further; /* the next who asks has half the way */
    history = into;
  }
  return history;
}

/* Only a history that names somebody needs a number. */
static uint32_t number_of(struct leadbook *book, struct lead_entry *entry) {
  if (entry->history) return entry->history;
  if (book->history_count == book->history_cap) {
    book->history_cap = book->history_cap ? book->history_cap * 2 : BOOK_FIRST;
    book->histories = xrealloc(book->histories, book->history_cap * sizeof *book->histories);
  }
  if (!book->history_count) book->history_count = 1; /* [0] is not used */
  book->histories[book->history_count] = (struct book_history){.node = entry->node};
  return entry->history = book->history_count++;
}

void leadbook_join_histories(struct leadbook *book, struct lead_entry *entry,
                             const struct lead_entry *other) {
  if (!other->history) return;
  if (entry->history) {
    book->histories[other->history].into = entry->history;
    return;
  }
  entry->history = other->history;
  book->histories[entry->history].node = entry->node;
}

/* --- mentions ------------------------------------------------------------------------------------------------------------ */

void leadbook_note_mention(struct leadbook *book, struct lead_entry *entry, uint32_t node) {
  uint32_t history = number_of(book, entry);
  leadbook_reach(book, node);
  for (uint32_t at = book->mentioned[node]; at; at = book->mentions[at].older)
    if (whole_of(book, book->mentions[at].history) == history) return;
  if (book->mention_count == book->mention_cap) {
    book->mention_cap = book->mention_cap ? book->mention_cap * 2 : BOOK_FIRST;
    book->mentions = xrealloc(book->mentions, book->mention_cap * sizeof *book->mentions);
  }
  if (!book->mention_count) book->mention_count = 1; /* [0] is not used */
  book->mentions[book->mention_count] = (struct book_mention){history, book->mentioned[node]};
  book->mentioned[node] = book->mention_count++;
}

struct lead_entry *leadbook_next_mentioning(struct leadbook *book, uint32_t node, uint32_t *cursor) {
  uint32_t at = 0;
  if (*cursor)
    at = book->mentions[*cursor].older;
  else if (node < book->node_cap)
    at = book->mentioned[node];
  for (; at; at = book->mentions[at].older) {
    uint32_t history = whole_of(book, book->mentions[at].history);
    struct lead_entry *entry = leadbook_find(book, book->histories[history].node);
    *cursor = at;
    if (entry && entry->history == history) return entry;
  }
  return NULL;
}
