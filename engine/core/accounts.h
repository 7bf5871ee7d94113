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

struct account {
  struct str id;
  struct account_trait *traits; /* in order of first appearance */
  uint32_t trait_count, trait_cap;
  int64_t first_ms, last_ms; /* of the events that mention it */
  uint32_t events;
};

struct accounts {
  struct map ids; /* id -> index */
  struct account *items;
  uint32_t count, cap;
};

void accounts_init(struct accounts *accounts);
void accounts_release(struct accounts *accounts);

/* An event that mentions touch->more->account; its traits are taken when it is a group call. */
void accounts_touch(struct accounts *accounts, const struct touch *touch);

const struct account *accounts_find(const struct accounts *accounts, struct str id); /* NULL: unknown */
struct value account_trait(const struct account *account, struct str key);           /* VALUE_NONE: none */

#endif
