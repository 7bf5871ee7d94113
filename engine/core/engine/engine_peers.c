/* People of one account whose answers count for each other (frameworks of = "account").
 *
 * Where somebody's answers count follows from where that lead went, which a late event or a merge may change. So nothing is
 * worked out beforehand: a lead's fold gets, among its own touches, the mentions and answers of all leads that ever named one of
 * its accounts and ever answered anything. What is kept is whom to look at, and whom to tell. */
#include "core/engine/engine_private.h"

#include "base/err.h"
#include <stdlib.h>

/* --- what is kept ----------------------------------------------------------------------------------------------------- */

static bool has_answered(const struct engine *engine, uint32_t node) {
  return node < engine->answerer_cap && engine->answerers[node];
}

static void set_answered(struct engine *engine, uint32_t node) {
  if (node >= engine->answerer_cap) {
    size_t cap = engine->answerer_cap ? engine->answerer_cap : 1024;
    while (cap <= node) cap *= 2;
    engine->answerers = xrealloc(engine->answerers, cap * sizeof *engine->answerers);
    memset(engine->answerers + engine->answerer_cap, 0, cap - engine->answerer_cap);
    engine->answerer_cap = cap;
  }
  engine->any_answers = engine->answerers[node] = true;
}

/* --- whom to tell ------------------------------------------------------------------------------------------------------- */

struct telling {
  struct engine *engine;
  bool answered; /* some id of the lead has */
};

static void look_for_answers(void *context, uint32_t node) {
  struct telling *telling = context;
  telling->answered = telling->answered || has_answered(telling->engine, node);
}

static void tell_company(void *context, uint32_t node) {
  struct engine *engine = ((struct telling *)context)->engine;
  uint32_t account_count, node_count;
  const uint32_t *accounts = members_of(&engine->named_by, node, &account_count);
  for (uint32_t i = 0; i < account_count; i++) {
    const uint32_t *nodes = members_of(&engine->members, accounts[i], &node_count);
    for (uint32_t k = 0; k < node_count; k++)
      engine->options.touched(engine->options.touched_context, nodes[k]);
  }
}

static void tell_lead(void *context, uint32_t lead) {
  struct telling telling = {.engine = context};
  const struct identity_visitor look = {&telling, look_for_answers}, tell = {&telling, tell_company};
  identity_nodes_of(telling.engine->identity, lead, &look);
  if (telling.answered) identity_nodes_of(telling.engine->identity, lead, &tell);
}

/* Where nothing follows from what colleagues say, it is found when somebody asks. */
static bool tells(const struct engine *engine) {
  return engine->follows_peers && engine->any_answers && engine->options.touched;
}

void engine_tell_peers(struct engine *engine, uint32_t node) {
  const struct identity_visitor leads = {engine, tell_lead};
  if (tells(engine) && node != IDENTITY_NONE) identity_leads_of(engine->identity, node, &leads);
}

void engine_tell_company_moved(struct engine *engine, uint32_t account) {
  uint32_t count, others;
  if (!tells(engine) || !engine->rules->account_domain_count) return;
  const uint32_t *nodes = members_of(&engine->members, account, &count);
  for (uint32_t i = 0; i < count; i++) {
    members_of(&engine->named_by, nodes[i], &others);
    if (others > 1) engine_tell_peers(engine, nodes[i]);
  }
}

void engine_note_peer(struct engine *engine, uint32_t node, const struct touch *touch) {
  const struct touch_more *more = touch->more;
  if (!engine->rules->account_answers || node == IDENTITY_NONE || !more) return;
  if (more->account.len) members_add(&engine->named_by, node, map_get(&engine->accounts.ids, more->account));
  if (more->answer_count) set_answered(engine, node);
}

void engine_note_claim(struct engine *engine, uint32_t account, uint32_t node) {
  if (engine->rules->account_answers) members_add(&engine->named_by, node, account);
}

/* Its ids stay members that have answered: others may share them, and whoever is told looks at what there is. */
void engine_forget_peer(struct engine *engine, uint32_t lead) {
  if (tells(engine)) tell_lead(engine, lead);
}

/* --- what they said ------------------------------------------------------------------------------------------------------ */

static void note_peer(void *context, uint32_t lead) {
  struct engine *engine = context;
  if (engine->peer_count == engine->peer_cap) {
    engine->peer_cap = engine->peer_cap ? engine->peer_cap * 2 : 16;
    engine->peers = xrealloc(engine->peers, engine->peer_cap * sizeof *engine->peers);
  }
  engine->peers[engine->peer_count++] = lead;
}

static int by_number(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

/* An account's people, each once: they may have several ids, and name several of the lead's accounts. */
static void find_peers(struct engine *engine, uint32_t account_count) {
  const struct identity_visitor leads = {engine, note_peer};
  engine->peer_count = 0;
  for (uint32_t i = 0; i < account_count; i++) {
    uint32_t count;
    const uint32_t *nodes = members_of(&engine->members, engine->named[i], &count);
    for (uint32_t k = 0; k < count; k++) identity_leads_of(engine->identity, nodes[k], &leads);
  }
  if (engine->peer_count) qsort(engine->peers, engine->peer_count, sizeof *engine->peers, by_number);
  uint32_t kept = 0;
  for (uint32_t i = 0; i < engine->peer_count; i++)
    if (i == 0 || engine->peers[i] != engine->peers[i - 1]) engine->peers[kept++] = engine->peers[i];
  engine->peer_count = kept;
}

/* What says where somebody belongs, and what somebody answered. */
static bool counts(const struct engine *engine, const struct touch *touch) {
  const struct touch_more *more = touch->more;
  if (!more || touch->flags & TOUCH_IGNORED) return false;
  bool tells_domain = engine->rules->account_domain_count && more->trait_count &&
                      (more->is_group || touch->type == EVENT_IDENTIFY);
  return more->account.len || more->answer_count || tells_domain;
}

static const struct touch *as_peer(const struct touch *touch, uint32_t number, struct str lead,
                                   struct arena *arena) {
  const struct touch_more *own = touch->more;
  struct touch *outside = touch_new(arena, 0, 0, NULL);
  struct touch_more more = {.account = own->account,
                            .traits = own->traits,
                            .trait_count = own->trait_count,
                            .is_group = own->is_group,
                            .answers = own->answers,
                            .answer_count = own->answer_count,
                            .peer = lead,
                            .peer_number = number};
  *outside = *touch;
  outside->hit_count = 0;
  outside->flags = TOUCH_OUTSIDE;
  outside->more = arena_dup(arena, &more, sizeof more);
  return outside;
}

static void add_peer(struct engine *engine, uint32_t number, uint32_t lead, int64_t at_ms,
                     struct touch_list *touches) {
  struct str id = engine_lead_id(engine, lead);
  engine->peer_touches.count = 0;
  identity_gather(engine->identity, lead, &engine->peer_touches);
  for (size_t i = 0; i < engine->peer_touches.count; i++) {
    const struct touch *touch = engine->peer_touches.items[i];
    if (touch->time_ms > at_ms || !counts(engine, touch)) continue;
    touch_list_add(touches, as_peer(touch, number, id, touch_list_arena(touches)));
    if (engine->rules->account_domain_count) engine_note_named(engine, touch);
  }
}

void engine_add_peers(struct engine *engine, uint32_t lead, int64_t at_ms, struct touch_list *touches) {
  uint32_t named = engine->named_count, number = 0;
  if (!engine->any_answers) return;
  find_peers(engine, named);
  for (uint32_t i = 0; i < engine->peer_count; i++) {
    struct telling telling = {.engine = engine};
    const struct identity_visitor look = {&telling, look_for_answers};
    if (engine->peers[i] == lead) continue;
    identity_nodes_of(engine->identity, engine->peers[i], &look);
    if (telling.answered) add_peer(engine, number++, engine->peers[i], at_ms, touches);
  }
  /* Where they belong may follow from companies that the lead itself has nothing to do with. */
  for (uint32_t i = named; i < engine->named_count; i++)
    accounts_changes(&engine->accounts, engine->named[i], at_ms, touches);
}
