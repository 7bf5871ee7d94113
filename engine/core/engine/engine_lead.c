/* Leads, folds and accounts. */
#include "core/engine/engine_private.h"

#include "base/crumb.h"
#include "base/err.h"

bool engine_next_lead(struct engine *engine, uint32_t *cursor, uint32_t *lead) {
  return identity_next_lead(engine->identity, cursor, lead);
}

size_t engine_lead_count(struct engine *engine) {
  return identity_lead_count(engine->identity);
}

struct str engine_lead_id(struct engine *engine, uint32_t lead) {
  return identity_public_id(engine->identity, lead);
}

uint32_t engine_lead_node(struct engine *engine, uint32_t lead) {
  return identity_public_node(engine->identity, lead);
}

struct identity_member engine_lead_name(struct engine *engine, uint32_t lead) {
  return identity_node_id(engine->identity, engine_lead_node(engine, lead));
}

void engine_leads_of(struct engine *engine, uint32_t node, const struct identity_visitor *visitor) {
  identity_leads_of(engine->identity, node, visitor);
}

void engine_nodes_of(struct engine *engine, uint32_t lead, const struct identity_visitor *visitor) {
  identity_nodes_of(engine->identity, lead, visitor);
}

struct identity_member engine_node_id(const struct engine *engine, uint32_t node) {
  return identity_node_id(engine->identity, node);
}

uint32_t engine_find_node(const struct engine *engine, struct identity_member id) {
  return identity_known(engine->identity, identity_ref(engine->identity, id.kind, id.id));
}

size_t engine_node_count(const struct engine *engine) {
  return identity_node_count(engine->identity);
}

size_t engine_lead_members(struct engine *engine, uint32_t lead, struct arena *arena,
                           struct identity_member **members) {
  return identity_members(engine->identity, lead, arena, members);
}

/* --- what the lead did, and what was said about its accounts --------------------------------------------------------- */

static void name_account(struct engine *engine, uint32_t account) {
  for (uint32_t i = engine->named_count; i-- > 0;)
    if (engine->named[i] == account) return;
  if (engine->named_count == engine->named_cap) {
    engine->named_cap = engine->named_cap ? engine->named_cap * 2 : 8;
    engine->named = xrealloc(engine->named, engine->named_cap * sizeof *engine->named);
  }
  engine->named[engine->named_count++] = account;
}

void engine_note_named(struct engine *engine, const struct touch *touch) {
  if (!touch->more) return;
  if (touch->more->account.len) name_account(engine, map_get(&engine->accounts.ids, touch->more->account));
  engine_name_domains(engine, touch, name_account);
}

/* The lead's own calls are in the list already. */
static void drop_own(struct touch_list *touches) {
  size_t kept = 0;
  for (size_t i = 0; i < touches->count; i++) {
    const struct touch *touch = touches->items[i];
    bool own = touch->flags & TOUCH_OUTSIDE && kept && !(touches->items[kept - 1]->flags & TOUCH_OUTSIDE) &&
               touch_cmp(touches->items[kept - 1], touch) == 0;
    if (!own) touches->items[kept++] = touch;
  }
  touches->count = kept;
}

static void add_outside(struct engine *engine, uint32_t lead, int64_t at_ms, struct touch_list *touches) {
  engine->named_count = 0;
  for (size_t i = 0; i < touches->count; i++) engine_note_named(engine, touches->items[i]);
  size_t own = touches->count;
  for (uint32_t i = 0; i < engine->named_count; i++)
    accounts_changes(&engine->accounts, engine->named[i], at_ms, touches);
  engine_add_peers(engine, lead, at_ms, touches);
  if (touches->count == own) return;
  touch_list_sort(touches);
  drop_own(touches);
}

/* Touches lie where their events came, far apart: each is asked for while earlier ones are looked at. */
static void prefetch_touch(const struct touch_list *touches, size_t index) {
  enum { HITS = sizeof(struct touch) + 16 }; /* a fold reads the first of them too */
  if (index >= touches->count) return;
  __builtin_prefetch(touches->items[index], 0);
  __builtin_prefetch((const char *)touches->items[index] + HITS, 0);
}

static void keep_until(struct touch_list *touches, int64_t at_ms) {
  enum { AHEAD = 8 };
  size_t kept = 0;
  for (size_t i = 0; i < AHEAD; i++) prefetch_touch(touches, i);
  for (size_t i = 0; i < touches->count; i++) {
    prefetch_touch(touches, i + AHEAD);
    if (touches->items[i]->time_ms <= at_ms) touches->items[kept++] = touches->items[i];
  }
  touches->count = kept;
}

void engine_lead_touches(struct engine *engine, uint32_t lead, int64_t at_ms, struct touch_list *touches) {
  touch_list_clear(touches);
  identity_gather(engine->identity, lead, touches);
  keep_until(touches, at_ms);
  touch_list_sort(touches);
  if (engine->accounts.rules) add_outside(engine, lead, at_ms, touches);
}

bool engine_has_events(struct engine *engine, uint32_t lead) {
  return identity_has_touches(engine->identity, lead);
}

int64_t engine_last_ms(struct engine *engine, uint32_t lead) {
  int64_t last = TIME_MIN;
  engine->touches.count = 0;
  identity_gather(engine->identity, lead, &engine->touches);
  for (size_t i = 0; i < engine->touches.count; i++)
    if (engine->touches.items[i]->time_ms > last) last = engine->touches.items[i]->time_ms;
  return last;
}

/* --- finding ----------------------------------------------------------------------------------------------------- */

static bool gave_email(const struct touch *touch, struct str email) {
  char room[ENGINE_EMAIL_MAX];
  struct str given;
  if (!touch->more || touch->type != EVENT_IDENTIFY) return false;
  for (uint32_t i = 0; i < touch->more->trait_count; i++)
    if (str_eq(touch->more->traits[i].key, STR("email")) &&
        engine_email(touch->more->traits[i].value, room, &given) && str_eq(given, email))
      return true;
  return false;
}

/* Looks at everything: for the rare question about an address that is not an identity. */
static uint32_t find_email(struct engine *engine, struct str email) {
  uint32_t cursor = 0, lead, found = IDENTITY_NONE;
  while (engine_next_lead(engine, &cursor, &lead)) {
    bool gave = false;
    engine->touches.count = 0;
    identity_gather(engine->identity, lead, &engine->touches);
    for (size_t i = 0; i < engine->touches.count && !gave; i++)
      gave = gave_email(engine->touches.items[i], email);
    if (!gave) continue;
    if (found == IDENTITY_NONE || str_cmp(engine_lead_id(engine, lead), engine_lead_id(engine, found)) < 0)
      found = lead;
  }
  return found;
}

uint32_t engine_find_lead(struct engine *engine, struct str id) {
  char room[ENGINE_EMAIL_MAX];
  struct str email;
  uint32_t lead = identity_find(engine->identity, id);
  if (lead != IDENTITY_NONE || !engine_email(value_str(id), room, &email)) return lead;
  lead = identity_find(engine->identity, email);
  return lead != IDENTITY_NONE ? lead : find_email(engine, email);
}

/* --- folding ----------------------------------------------------------------------------------------------------- */

struct fold *engine_fold_new(const struct engine *engine) {
  return fold_new(engine->rules, &engine->calls.fold);
}

static size_t fold_touches(struct engine *engine, struct str name, int64_t at_ms, struct fold *fold) {
  size_t own = 0;
  fold_begin(fold, name);
  for (size_t i = 0; i < engine->touches.count; i++) {
    fold_touch(fold, engine->touches.items[i]);
    own += !(engine->touches.items[i]->flags & TOUCH_OUTSIDE);
  }
  fold_advance(fold, at_ms);
  return own;
}

size_t engine_fold(struct engine *engine, uint32_t lead, int64_t at_ms, struct fold *fold) {
  crumb_lead(lead);
  engine_lead_touches(engine, lead, at_ms, &engine->touches);
  size_t own = fold_touches(engine, engine_lead_id(engine, lead), at_ms, fold);
  crumb_no_lead();
  return own;
}

size_t engine_fold_id(struct engine *engine, uint32_t node, int64_t at_ms, struct fold *fold) {
  touch_list_clear(&engine->touches);
  if (node != IDENTITY_NONE) identity_gather_node(engine->identity, node, &engine->touches);
  keep_until(&engine->touches, at_ms);
  touch_list_sort(&engine->touches);
  return fold_touches(engine, STR(""), at_ms, fold);
}

static void fold_pass(struct engine *engine, int64_t at_ms, struct fold *fold,
                      const struct engine_visitor *visitor) {
  uint32_t cursor = 0, lead;
  if (visitor && visitor->restart) visitor->restart(visitor->context);
  while (engine_next_lead(engine, &cursor, &lead))
    if (engine_fold(engine, lead, at_ms, fold) && visitor) visitor->lead(visitor->context, lead, fold);
}

void engine_fold_all(struct engine *engine, int64_t at_ms, struct fold *fold,
                     const struct engine_visitor *visitor) {
  const struct engine_calls *calls = &engine->calls;
  /* Each pass but the last stops one function more, at least. */
  for (uint32_t pass = 0; pass <= engine->rules->function_count; pass++) {
    fold_pass(engine, at_ms, fold, visitor);
    if (!calls->settle || !calls->settle(calls->settle_context)) return;
  }
}

void engine_settle_all(struct engine *engine, int64_t at_ms, struct fold *fold) {
  if (engine->rules->function_count && engine->calls.settle) engine_fold_all(engine, at_ms, fold, NULL);
}
