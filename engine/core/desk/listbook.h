/* listbook.h - who stands in each worklist, kept current: what worklists.h says of every lead, without asking every lead.
 *
 * A lead is noted after each fold (listbook_note) and when it goes (listbook_leave); between the two it stands where it was noted. So a
 * list costs time in how many leads are in it, not in how many there are. Under other rules, which declare the same lists by name
 * (core/rules/alike.h), a list keeps its leads until each is folded again.
 *
 * The keys of a list's order are kept beside each lead, in one piece of memory. One thread.
 */
#ifndef EMBUDO_CORE_LISTBOOK_H
#define EMBUDO_CORE_LISTBOOK_H

#include "core/desk/worklists.h"

struct list_member {
  struct worklist_place place;
  bool overdue; /* its soonest clock is breached */
};

struct listbook;

struct listbook *listbook_new(const struct ruleset *rules);
void listbook_free(struct listbook *lists);

/* Other rules are in charge. */
void listbook_use(struct listbook *lists, const struct leadbook *book, const struct ruleset *rules);

void listbook_note(struct listbook *lists, const struct leadbook *book, struct lead_entry *entry);
void listbook_leave(struct listbook *lists, struct lead_entry *entry);

/* By the number of a list in the rules; in no order. Valid until something is noted. */
const struct list_member *listbook_members(const struct listbook *lists, uint32_t list, uint32_t *count);
uint32_t listbook_overdue(const struct listbook *lists, uint32_t list);

struct list_search {
  bool has_owner; /* only his; empty: nobody's */
  struct str owner;
  size_t wanted; /* so many from the beginning */
  /* What was found: the caller's to free. */
  struct worklist_place *places; /* in order */
  size_t count;
  int64_t total; /* how many there are */
};
void listbook_search(const struct listbook *lists, uint32_t list, struct list_search *search);

#endif
