#include "core/accounts.h"

#include "base/err.h"

void accounts_init(struct accounts *accounts) {
  *accounts = (struct accounts){0};
  map_init(&accounts->ids);
}

void accounts_release(struct accounts *accounts) {
  for (uint32_t i = 0; i < accounts->count; i++) free(accounts->items[i].traits);
  free(accounts->items);
  map_release(&accounts->ids);
  *accounts = (struct accounts){0};
}

static struct account *account_of(struct accounts *accounts, struct str id) {
  bool added;
  uint32_t index = map_put(&accounts->ids, id, accounts->count, &added);
  if (!added) return &accounts->items[index];
  if (accounts->count == accounts->cap) {
    accounts->cap = accounts->cap ? accounts->cap * 2 : 64;
    accounts->items = xrealloc(accounts->items, accounts->cap * sizeof *accounts->items);
  }
  struct account *account = &accounts->items[accounts->count++];
  struct str kept = accounts->ids.entries[accounts->ids.count - 1].key;
  *account = (struct account){.id = kept, .first_ms = INT64_MAX, .last_ms = INT64_MIN};
  return account;
}

static struct account_trait *trait_of(struct account *account, struct str key) {
  for (uint32_t i = 0; i < account->trait_count; i++)
    if (str_eq(account->traits[i].key, key)) return &account->traits[i];
  if (account->trait_count == ACCOUNT_TRAITS_MAX) return NULL;
  if (account->trait_count == account->trait_cap) {
    account->trait_cap = account->trait_cap ? account->trait_cap * 2 : 8;
    account->traits = xrealloc(account->traits, account->trait_cap * sizeof *account->traits);
  }
  struct account_trait *trait = &account->traits[account->trait_count++];
  *trait = (struct account_trait){.key = key};
  return trait;
}

void accounts_touch(struct accounts *accounts, const struct touch *touch) {
  const struct touch_more *more = touch->more;
  ASSERT(more && more->account.len);
  struct account *account = account_of(accounts, more->account);
  account->events++;
  if (touch->time_ms < account->first_ms) account->first_ms = touch->time_ms;
  if (touch->time_ms > account->last_ms) account->last_ms = touch->time_ms;
  for (uint32_t i = 0; more->is_group && i < more->trait_count; i++) {
    struct account_trait *trait = trait_of(account, more->traits[i].key);
    if (!trait || (trait->by && touch_cmp(trait->by, touch) > 0)) continue;
    trait->value = more->traits[i].value;
    trait->by = touch;
  }
}

const struct account *accounts_find(const struct accounts *accounts, struct str id) {
  uint32_t index = map_get(&accounts->ids, id);
  return index == MAP_NONE ? NULL : &accounts->items[index];
}

struct value account_trait(const struct account *account, struct str key) {
  for (uint32_t i = 0; i < account->trait_count; i++)
    if (str_eq(account->traits[i].key, key))
      return account->traits[i].value.kind == VALUE_NULL ? VALUE_NONE : account->traits[i].value;
  return VALUE_NONE;
}
