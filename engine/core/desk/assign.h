/* assign.h - who gets a lead: whoever has its account, else the next one in turn (model/ruleset/desk.h, struct assignment).
 *
 * An assignment is an act of embudo's own (event.h, `assign`), so it replays, and whose turn it is follows from the acts there are:
 * the act says which assignment's turn it was and its number. The roster holds the latest turn of each. A choice made but not
 * committed counts already, so two leads at once go to two people.
 * Pure.
 */
#ifndef EMBUDO_CORE_ASSIGN_H
#define EMBUDO_CORE_ASSIGN_H

#include "base/hex.h"
#include "base/map.h"
#include "core/identity/identity.h"
#include "core/journal/decide.h"
#include "model/ruleset/desk.h"

struct roster_turn {
  int64_t number; /* from 1; 0: none yet */
  char *owner;
};

struct roster {   /* {0} is an empty one, after roster_init */
  struct map ids; /* assignment -> index */
  struct roster_turn *turns;
  uint32_t cap;
};

void roster_init(struct roster *roster);
void roster_release(struct roster *roster);

/* A record of system events: takes the turns that it tells of. What cannot be read tells of none. */
void roster_take(struct roster *roster, struct json_ref root);

/* The turns as they are, as a member `turns` of an open object, and back, where they are later ones: for when the acts that told of them
 * are to go. */
void roster_write(const struct roster *roster, struct json_writer *w);
void roster_read(struct roster *roster, struct json_ref root);

enum assign_why { ASSIGN_TURN, ASSIGN_ACCOUNT, ASSIGN_BREACH };

struct assign_choice {
  const struct assignment *assignment;
  const char *owner;        /* the ruleset's or the book's */
  struct str account_owner; /* ASSIGN_ACCOUNT: instead */
  enum assign_why why;
  int64_t turn;           /* 0: it was nobody's turn */
  char clock[HEX64_TEXT]; /* ASSIGN_BREACH: the clock's id; else empty */
};

/* Whether a decision made just now, live, gives the lead to somebody: it has no owner, and an assignment of the stage it stands in
 * now applies. */
bool assign_follow(struct roster *roster, const struct leadbook *book, const struct lead_entry *entry,
                   const struct fold *fold, const struct decided *decided, size_t count, int64_t now_ms,
                   struct assign_choice *choice);

/* Whether a breached clock gives it to the next one: its sla says so, and the lead stands in a stage that is assigned. */
bool assign_anew(struct roster *roster, const struct leadbook *book, const struct lead_entry *entry,
                 const struct fold *fold, const struct clock *clock, int64_t now_ms,
                 struct assign_choice *choice);

/* The act, as the record of system events that holds it. `carrier`: a user or anonymous id of the lead. */
void assign_record(const struct assign_choice *choice, struct identity_member carrier, int64_t now_ms,
                   struct buf *out);

#endif
