/* What is known of the accounts a lead mentions. A lead may come to an account long after it was told about, and go to
 * another: so all of its accounts are followed, and the present one is read. */
#include "base/err.h"
#include "model/fold/fold_private.h"

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
  if (!changed) return;
  fold_replace_peers(fold);
  if (str_eq(fold->account, more->account)) fold_changed(fold, READS_ACCOUNT);
}

static struct value trait_of(const struct account_state *state, struct str path) {
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

struct value fold_account_trait(const struct fold *fold, struct str path) {
  const struct account_state *state = fold->account.len ? find(fold, fold->account) : NULL;
  return state ? trait_of(state, path) : VALUE_NONE;
}

/* --- by its domain ------------------------------------------------------------------------------------------------------ */

static bool is_nobodys(const struct fold *fold, struct str domain) {
  const struct matcher *never = fold->rules->account_never;
  return never && matcher_eval(never, value_str(domain), fold->now) == TRUTH_YES;
}

/* Whether the company claims that domain, in a trait that holds one or several. */
static bool claims(const struct fold *fold, struct value written, struct str host) {
  char room[DOMAIN_MAX];
  struct str domain;
  if (written.kind == VALUE_LIST) {
    for (uint32_t i = 0; i < written.len; i++)
      if (written.items[i].kind == VALUE_STRING && claims(fold, written.items[i], host)) return true;
    return false;
  }
  return written.kind == VALUE_STRING && domain_of(value_text(written), room, &domain) &&
         domain_covers(domain, host) && !is_nobodys(fold, domain);
}

static bool claims_any(const struct fold *fold, const struct account_state *state,
                       struct account_hosts hosts) {
  for (uint32_t k = 0; k < fold->rules->account_domain_count; k++) {
    struct value written = trait_of(state, fold->rules->account_domains[k]);
    for (uint32_t i = 0; i < hosts.count; i++)
      if (claims(fold, written, hosts.items[i])) return true;
  }
  return false;
}

bool fold_host(const struct fold *fold, struct value written, char room[DOMAIN_MAX], struct str *host) {
  return written.kind == VALUE_STRING && domain_of(value_text(written), room, host) &&
         !is_nobodys(fold, *host);
}

static uint32_t own_hosts(const struct fold *fold, char rooms[FOLD_HOSTS_MAX][DOMAIN_MAX],
                          struct str hosts[FOLD_HOSTS_MAX]) {
  struct value company = fold_trait(fold, STR("company"));
  uint32_t count = fold_host(fold, fold_trait(fold, STR("email_domain")), rooms[0], &hosts[0]);
  for (uint32_t i = 0; i < fold->rules->account_domain_count && count < FOLD_HOSTS_MAX; i++)
    count +=
        fold_host(fold, value_path(company, fold->rules->account_domains[i]), rooms[count], &hosts[count]);
  return count;
}

/* Would the lead be no new business if it were that account's? */
static bool is_existing(struct fold *fold, struct str account) {
  struct str kept = fold->account;
  fold->account = account;
  bool existing = account.len && !fold_new_business(fold);
  fold->account = kept;
  return existing;
}

/* Of several an existing one, then the first by id: whatever the order in which they came. */
static struct str match_domain(struct fold *fold, struct account_hosts hosts) {
  struct str best = {NULL, 0};
  bool best_exists = false;
  for (uint32_t i = 0; hosts.count && i < fold->known_count; i++) {
    const struct account_state *state = &fold->known_accounts[i];
    if (!claims_any(fold, state, hosts)) continue;
    bool exists = is_existing(fold, state->id);
    bool better = best.len == 0 || (exists != best_exists ? exists : str_cmp(state->id, best) < 0);
    if (!better) continue;
    best = state->id;
    best_exists = exists;
  }
  return best;
}

struct str fold_account_for(struct fold *fold, struct str said, struct account_hosts hosts) {
  struct str match = match_domain(fold, hosts);
  if (match.len == 0 || str_eq(match, said)) return said;
  return said.len == 0 || (is_existing(fold, match) && !is_existing(fold, said)) ? match : said;
}

void fold_choose_account(struct fold *fold) {
  struct str chosen = fold->said_account;
  if (fold->rules->account_domain_count && fold->known_count) {
    char rooms[FOLD_HOSTS_MAX][DOMAIN_MAX];
    struct str hosts[FOLD_HOSTS_MAX];
    chosen = fold_account_for(fold, chosen, (struct account_hosts){hosts, own_hosts(fold, rooms, hosts)});
  }
  if (str_eq(chosen, fold->account)) return;
  fold->account = chosen;
  fold_recount_peers(fold);
  fold_changed(fold, READS_TRAITS | READS_ACCOUNT);
}

void fold_release_accounts(struct fold *fold) {
  for (uint32_t i = 0; i < fold->known_cap; i++) free(fold->known_accounts[i].traits);
  free(fold->known_accounts);
}
