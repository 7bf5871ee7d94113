#include "core/identity/accounts.h"

#include "base/err.h"
#include "core/engine/timeline.h"
#include <stdlib.h>

void accounts_init(struct accounts *accounts, const struct ruleset *rules, struct arena *arena) {
  bool asks = rules && (rules->account_all || rules->account_key_count || rules->account_answers);
  *accounts = (struct accounts){.rules = asks ? rules : NULL, .arena = arena};
  map_init(&accounts->ids);
}

void accounts_use(struct accounts *accounts, const struct ruleset *rules) {
  if (accounts->rules) accounts->rules = rules;
}

void accounts_release(struct accounts *accounts) {
  for (uint32_t i = 0; i < accounts->count; i++) {
    free(accounts->items[i].traits);
    free(accounts->items[i].writes);
    free(accounts->items[i].changes);
  }
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
  *account = (struct account){.id = kept, .first_ms = INT64_MAX, .last_ms = INT64_MIN, .in_order = true};
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

/* --- changes ------------------------------------------------------------------------------------------------------ */

static struct value present(const struct account *account, struct str key) {
  for (uint32_t i = 0; i < account->trait_count; i++)
    if (str_eq(account->traits[i].key, key)) return account->traits[i].value;
  return VALUE_NONE;
}

static bool is_asked(const struct accounts *accounts, const struct touch_more *more) {
  for (uint32_t i = 0; i < more->trait_count; i++)
    if (ruleset_asks_account(accounts->rules, more->traits[i].key)) return true;
  return false;
}

/* Whether the call says something that is asked for and does not stand in `account` yet. */
static bool is_change(const struct accounts *accounts, const struct account *account,
                      const struct touch_more *more) {
  for (uint32_t i = 0; i < more->trait_count; i++)
    if (ruleset_asks_account(accounts->rules, more->traits[i].key) &&
        !value_eq(present(account, more->traits[i].key), more->traits[i].value))
      return true;
  return false;
}

static void add_change(struct account *account, uint32_t write) {
  if (account->change_count == account->change_cap) {
    account->change_cap = account->change_cap ? account->change_cap * 2 : 4;
    account->changes = xrealloc(account->changes, account->change_cap * sizeof *account->changes);
  }
  account->changes[account->change_count++] = write;
}

/* Most calls come in order and repeat what is known: then nothing is to be done. Before the account takes the traits. */
static bool note_write(const struct accounts *accounts, struct account *account, const struct touch *touch) {
  bool last = !account->newest || touch_cmp(account->newest, touch) < 0;
  bool change = !last || is_change(accounts, account, touch->more);
  if (account->write_count == account->write_cap) {
    account->write_cap = account->write_cap ? account->write_cap * 2 : 4;
    account->writes = xrealloc(account->writes, account->write_cap * sizeof *account->writes);
  }
  account->in_order = account->in_order && last;
  if (last) account->newest = touch;
  account->writes[account->write_count++] = (struct account_write){touch, NULL};
  if (change && account->in_order) add_change(account, account->write_count - 1);
  return change;
}

static int by_order(const void *a, const void *b) {
  return touch_cmp(((const struct account_write *)a)->touch, ((const struct account_write *)b)->touch);
}

static void put_in_order(const struct accounts *accounts, struct account *account) {
  struct account walked = {.trait_count = 0};
  qsort(account->writes, account->write_count, sizeof *account->writes, by_order);
  account->change_count = 0;
  for (uint32_t i = 0; i < account->write_count; i++) {
    const struct touch_more *more = account->writes[i].touch->more;
    if (!is_change(accounts, &walked, more)) continue;
    add_change(account, i);
    for (uint32_t k = 0; k < more->trait_count; k++) {
      struct account_trait *trait = trait_of(&walked, more->traits[k].key);
      if (trait) trait->value = more->traits[k].value;
    }
  }
  free(walked.traits);
  account->in_order = true;
}

static const struct touch *outside(const struct accounts *accounts, struct account_write *write) {
  if (write->outside) return write->outside;
  struct touch *touch = touch_new(accounts->arena, 0, 0, NULL);
  *touch = *write->touch;
  touch->hit_count = 0;
  touch->flags = TOUCH_OUTSIDE;
  return write->outside = touch;
}

void accounts_changes(struct accounts *accounts, uint32_t index, int64_t at_ms, struct touch_list *out) {
  struct account *account = &accounts->items[index];
  if (!account->in_order) put_in_order(accounts, account);
  for (uint32_t i = 0; i < account->change_count; i++) {
    struct account_write *write = &account->writes[account->changes[i]];
    if (write->touch->time_ms > at_ms) return;
    touch_list_add(out, outside(accounts, write));
  }
}

/* --- what is known -------------------------------------------------------------------------------------------------- */

bool accounts_touch(struct accounts *accounts, const struct touch *touch) {
  const struct touch_more *more = touch->more;
  ASSERT(more && more->account.len);
  struct account *account = account_of(accounts, more->account);
  account->events++;
  if (touch->time_ms < account->first_ms) account->first_ms = touch->time_ms;
  if (touch->time_ms > account->last_ms) account->last_ms = touch->time_ms;
  bool changed =
      accounts->rules && more->is_group && is_asked(accounts, more) && note_write(accounts, account, touch);
  for (uint32_t i = 0; more->is_group && i < more->trait_count; i++) {
    struct account_trait *trait = trait_of(account, more->traits[i].key);
    if (!trait || (trait->by && touch_cmp(trait->by, touch) > 0)) continue;
    trait->value = more->traits[i].value;
    trait->by = touch;
  }
  return changed;
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
