/* leadbook_private.h - the layout of struct leadbook, shared by leadbook*.c alone.
 *
 * leadbook.c          who is in it: entries, names, accounts, who is held, and leaving
 * leadbook_history.c  what was decided about them, and two histories that become one
 * leadbook_mentions.c whose history names whom
 * leadbook_queues.c   whom to fold next: those that were touched, and whose deadline comes first */
#ifndef EMBUDO_CORE_LEADBOOK_PRIVATE_H
#define EMBUDO_CORE_LEADBOOK_PRIVATE_H

#include "base/err.h"
#include "core/desk/listbook.h"
#include "core/journal/leadbook.h"

enum { BOOK_FIRST = 1024, HEAP_NONE = 0xffffffffu };

struct book_due { /* beside the entry, so that places are found without going to all the entries on the way */
  int64_t due_ms;
  struct lead_entry *entry;
  uint32_t node; /* the entry's */
};

struct book_history {
  uint32_t into; /* the history that it is part of by now; 0: none */
  uint32_t node; /* of the lead whose it is, else it is nobody's any more */
};

struct book_mention {
  uint32_t history, older; /* another of the same id; 0: none */
};

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
  uint32_t *mentioned;   /* per node: the newest mention; 0: none */
  size_t node_cap;
  struct book_history *histories; /* [0] is not used, of both */
  uint32_t history_count, history_cap;
  struct book_mention *mentions;
  uint32_t mention_count, mention_cap;
  size_t entry_count;
  struct lead_entry **held; /* in the order in which they came; NULL where one has gone */
  size_t held_count, held_end, held_cap;
  struct decision *decisions; /* [0] is not used */
  uint32_t decision_count, decision_cap;
  uint32_t *queue; /* a ring of touched nodes */
  size_t queue_start, queue_count, queue_cap;
  struct book_due *heap; /* the earliest first */
  uint32_t heap_count;
  size_t heap_cap;
};

void leadbook_reach(struct leadbook *book, uint32_t node); /* room for what is kept per node */
void leadbook_forget_act(struct decision *decision);       /* whose doing it was */

/* The history of `other` is the entry's from now on. */
void leadbook_join_histories(struct leadbook *book, struct lead_entry *entry, const struct lead_entry *other);

#endif
