/* accounts.h - the companies that group calls told about: an id and its traits.
 *
 * Traits are merged key by key, the last writer by the total order of events wins; null clears. An account exists from its
 * first mention, be it a group call without any person or context.groupId on somebody's event. Borrows keys, values and
 * touches; bounded in traits per account. One thread.
 */
#ifndef EMBUDO_CORE_ACCOUNTS_H
#define EMBUDO_CORE_ACCOUNTS_H

#include "base/map.h"
#include "model/touch.h"

enum { ACCOUNT_TRAITS_MAX = 1000 };

struct account_trait {
  struct str key;
  struct value value; /* null: cleared */
  const struct touch *by;
};

struct account_write { /* a group call that wrote a trait which the ruleset asks for */
  const struct touch *touch;
  const struct touch *outside; /* the same, as other leads' folds take it; NULL: not made yet */
};

struct account {
  struct str id;
  struct account_trait *traits; /* in order of first appearance */
  uint32_t trait_count, trait_cap;
  int64_t first_ms, last_ms; /* of the events that mention it */
  uint32_t events;
  struct account_write *writes; /* in the order of events once `in_order` */
  uint32_t write_count, write_cap;
  const struct touch *newest; /* of them */
  uint32_t *changes;          /* those of `writes` that changed something that is asked for, rising */
  uint32_t change_count, change_cap;
  bool in_order; /* writes are sorted and `changes` is true of them */
};

struct accounts {
  const struct ruleset *rules; /* what is asked for; NULL: nothing */
  struct arena *arena;         /* borrowed */
  struct map ids;              /* id -> index */
  struct account *items;
  uint32_t count, cap;
};

/* With a ruleset that asks for traits of accounts, their changes are kept. Both are borrowed. */
void accounts_init(struct accounts *accounts, const struct ruleset *rules, struct arena *arena);
/* Another ruleset in its place, which asks for the same traits. */
void accounts_use(struct accounts *accounts, const struct ruleset *rules);
void accounts_release(struct accounts *accounts);

/* An event that mentions touch->more->account; its traits are taken when it is a group call. Returns whether what the ruleset
 * asks for may have changed, now or in the past. */
bool accounts_touch(struct accounts *accounts, const struct touch *touch);

const struct account *accounts_find(const struct accounts *accounts, struct str id); /* NULL: unknown */

/* Appends what was said about the account up to and including an instant, by whomever, as touches for the folds of its leads
 * (TOUCH_OUTSIDE), in order: only what changed something that the ruleset asks for. */
struct touch_list;
void accounts_changes(struct accounts *accounts, uint32_t index, int64_t at_ms, struct touch_list *out);

struct value account_trait(const struct account *account, struct str key); /* VALUE_NONE: none */

#endif
