/* People of the same account, and their answers.
 *
 * They come with their leads' touches (touch_more.peer), among them where those people went: an answer counts for the account its lead
 * belongs to at the instant that is looked at. Where that is they say themselves, or their address does, as with the lead itself
 * (fold_account.c); of what events tell, the last word counts. An account may have thousands of people, and each is in the folds of
 * all others: so the newest answer of those who count is kept, and only who comes or goes makes it be looked for again. */
#include "base/err.h"
#include "model/fold/fold_framework.h"
#include "model/fold/fold_private.h"
#include <stdlib.h>

/* --- who counts ------------------------------------------------------------------------------------------------------- */

static bool counts(const struct fold *fold, const struct peer_state *peer) {
  return fold->account.len && str_eq(peer->account, fold->account);
}

static void offer(struct fold *fold, uint32_t number) {
  const struct peer_state *peer = &fold->peers[number];
  for (uint32_t i = 0; i < fold->rules->criterion_count; i++)
    if (fold_stands(&peer->standing[i]) && peer->standing[i].number > fold->best[i].standing.number)
      fold->best[i] = (struct peers_best){peer->standing[i], number};
}

void fold_recount_peers(struct fold *fold) {
  if (fold->peer_count == 0) return;
  memset(fold->best, 0, fold->rules->criterion_count * sizeof *fold->best);
  for (uint32_t i = 0; i < fold->peer_count; i++)
    if (fold->peers[i].answered && counts(fold, &fold->peers[i])) offer(fold, i);
  fold_changed(fold, READS_EVIDENCE);
}

static bool place(struct fold *fold, struct peer_state *peer) {
  struct str account = peer->said;
  if (fold->rules->account_domain_count)
    account = fold_account_for(fold, account, (struct account_hosts){peer->hosts, peer->host_count});
  if (str_eq(account, peer->account)) return false;
  peer->account = account;
  return true;
}

void fold_replace_peers(struct fold *fold) {
  bool moved = false;
  if (!fold->rules->account_domain_count) return;
  for (uint32_t i = 0; i < fold->peer_count; i++) moved |= place(fold, &fold->peers[i]);
  if (moved) fold_recount_peers(fold);
}

/* --- what they say ---------------------------------------------------------------------------------------------------- */

static void grow(struct fold *fold, uint32_t number) {
  uint32_t cap = fold->peer_cap ? fold->peer_cap : 8;
  while (cap <= number) cap *= 2;
  fold->peers = xrealloc(fold->peers, cap * sizeof *fold->peers);
  for (uint32_t i = fold->peer_cap; i < cap; i++)
    fold->peers[i].standing = xcalloc(fold->rules->criterion_count + 1, sizeof(struct standing));
  fold->peer_cap = cap;
}

/* Numbers may come in any order. */
static struct peer_state *peer_of(struct fold *fold, const struct touch_more *more) {
  if (more->peer_number >= fold->peer_cap) grow(fold, more->peer_number);
  for (; fold->peer_count <= more->peer_number; fold->peer_count++) {
    struct standing *standing = fold->peers[fold->peer_count].standing;
    memset(standing, 0, fold->rules->criterion_count * sizeof *standing);
    fold->peers[fold->peer_count] = (struct peer_state){.standing = standing};
  }
  struct peer_state *peer = &fold->peers[more->peer_number];
  peer->lead = more->peer;
  return peer;
}

/* What stood of theirs may not any more: others' words do. */
static bool takes_back(const struct touch_more *more) {
  for (uint32_t i = 0; i < more->answer_count; i++)
    if (more->answers[i].understood && more->answers[i].value.kind == VALUE_MISSING) return true;
  return false;
}

static void take_trait(const struct ruleset *rules, struct peer_state *peer, bool of_account,
                       const struct trait_write *write) {
  if (!of_account && str_eq(write->key, STR("email"))) peer->email = write->value;
  for (uint32_t k = 0; k < rules->account_domain_count; k++) {
    if (of_account && str_eq(write->key, rules->account_domains[k])) peer->domains[k] = write->value;
    if (!of_account && str_eq(write->key, STR("company")))
      peer->domains[k] = value_path(write->value, rules->account_domains[k]);
  }
}

static void take_host(struct fold *fold, struct peer_state *peer, struct value written) {
  char room[DOMAIN_MAX];
  struct str host;
  if (peer->host_count < FOLD_HOSTS_MAX && fold_host(fold, written, room, &host))
    peer->hosts[peer->host_count++] = arena_str(&fold->arena, host);
}

static void take_traits(struct fold *fold, struct peer_state *peer, const struct touch_more *more) {
  if (more->trait_count == 0 || !fold->rules->account_domain_count) return;
  for (uint32_t i = 0; i < more->trait_count; i++)
    take_trait(fold->rules, peer, more->is_group, &more->traits[i]);
  peer->host_count = 0;
  take_host(fold, peer, peer->email);
  for (uint32_t k = 0; k < fold->rules->account_domain_count; k++) take_host(fold, peer, peer->domains[k]);
}

void fold_apply_peer(struct fold *fold, const struct touch *touch) {
  const struct touch_more *more = touch->more;
  struct peer_state *peer = peer_of(fold, more);
  bool counted = counts(fold, peer), had_answered = peer->answered;
  if (more->account.len) peer->said = more->account;
  take_traits(fold, peer, more);
  place(fold, peer);
  fold_take_answers(fold, touch, peer->standing, peer->lead);
  peer->answered = had_answered || more->answer_count;
  bool is_counted = counts(fold, peer);
  if (had_answered && (counted != is_counted || (is_counted && takes_back(more))))
    fold_recount_peers(fold);
  else if (is_counted && more->answer_count) {
    offer(fold, more->peer_number);
    fold_changed(fold, READS_EVIDENCE);
  }
}

void fold_clear_peers(struct fold *fold) {
  if (fold->peer_count) memset(fold->best, 0, fold->rules->criterion_count * sizeof *fold->best);
  fold->peer_count = 0;
}

void fold_release_peers(struct fold *fold) {
  for (uint32_t i = 0; i < fold->peer_cap; i++) free(fold->peers[i].standing);
  free(fold->peers);
  free(fold->best);
}
