/* What is known of the accounts a lead mentions. A lead may come to an account long after it was told about, and go to
 * another: so all of its accounts are followed, and the present one is read. */
#include "base/err.h"
#include "model/fold_private.h"

static struct account_state *find(const struct fold *fold, struct str id) {
  for (uint32_t i = 0; i < fold->known_count; i++)
    if (str_eq(fold->known_accounts[i].id, id)) return &fold->known_accounts[i];
  return NULL;
}

static struct account_state *open(struct fold *fold, struct str id) {
  struct account_state *state = find(fold, id);
  if (state) return state;
  if (fold->known_count == fold->known_cap) {
    fold->known_cap = fold->known_cap ? fold->known_cap * 2 : 4;
    fold->known_accounts = xrealloc(fold->known_accounts, fold->known_cap * sizeof *fold->known_accounts);
    memset(fold->known_accounts + fold->known_count, 0,
           (fold->known_cap - fold->known_count) * sizeof *fold->known_accounts);
  }
  state = &fold->known_accounts[fold->known_count++];
  state->id = id;
  state->trait_count = 0;
  return state;
}

/* True when it changed something. */
static bool set(struct account_state *state, struct str key, struct value value) {
  for (uint32_t i = 0; i < state->trait_count; i++) {
    if (!str_eq(state->traits[i].key, key)) continue;
    if (value_eq(state->traits[i].value, value)) return false;
    state->traits[i].value = value;
    return true;
  }
  if (state->trait_count == TRAITS_MAX) return false;
  if (state->trait_count == state->trait_cap) {
    state->trait_cap = state->trait_cap ? state->trait_cap * 2 : 8;
    state->traits = xrealloc(state->traits, state->trait_cap * sizeof *state->traits);
  }
  state->traits[state->trait_count++] = (struct trait_entry){.key = key, .value = value};
  return true;
}

void fold_apply_account(struct fold *fold, const struct touch_more *more) {
  bool changed = false;
  if (more->account.len == 0) return;
  struct account_state *state = open(fold, more->account);
  for (uint32_t i = 0; i < more->trait_count; i++)
    changed |= set(state, more->traits[i].key, more->traits[i].value);
  if (changed && str_eq(fold->account, more->account)) fold_changed(fold, READS_ACCOUNT);
}

struct value fold_account_trait(const struct fold *fold, struct str path) {
  const struct account_state *state = fold->account.len ? find(fold, fold->account) : NULL;
  if (!state) return VALUE_NONE;
  const char *dot = memchr(path.p, '.', path.len);
  struct str head = {path.p, dot ? (size_t)(dot - path.p) : path.len};
  for (uint32_t i = 0; i < state->trait_count; i++) {
    const struct trait_entry *entry = &state->traits[i];
    if (str_eq(entry->key, path)) return entry->value;
    if (dot && str_eq(entry->key, head))
      return value_path(entry->value, (struct str){dot + 1, path.len - head.len - 1});
  }
  return VALUE_NONE;
}

void fold_release_accounts(struct fold *fold) {
  for (uint32_t i = 0; i < fold->known_cap; i++) free(fold->known_accounts[i].traits);
  free(fold->known_accounts);
}
