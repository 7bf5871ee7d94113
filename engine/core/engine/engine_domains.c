/* engine_domains.c - whose company a lead is of by its address, where the rules ask for that (`accounts { .. }`).
 *
 * Which of its accounts is a lead's is the fold's to say; here is only what a fold has to be told of: the accounts that claim a domain
 * are brought together with the ids that give an address of it, whichever came first. Domains are known by the hash of what was
 * registered (by the public suffix list: nobody owns co.uk), not by name: an erased person's own domain must not stay. */
#include "core/engine/engine_private.h"
#include "core/lookup/lookup.h"
#include "model/match/matcher.h"

/* The domain's number; MAP_NONE: it is nobody's. */
static uint32_t number_of(struct engine *engine, struct value written, int64_t now_ms) {
  char host_room[DOMAIN_MAX], room[DOMAIN_MAX + 1];
  const struct matcher *never = engine->rules->account_never;
  struct str host, domain;
  if (written.kind != VALUE_STRING || !domain_of(value_text(written), host_room, &host) ||
      !lookup_registered(host, room, &domain))
    return MAP_NONE;
  if (never && (matcher_eval(never, value_str(host), now_ms) == TRUTH_YES ||
                matcher_eval(never, value_str(domain), now_ms) == TRUTH_YES))
    return MAP_NONE;
  uint64_t hash = str_hash(domain);
  return map_intern(&engine->domains, (struct str){(const char *)&hash, sizeof hash});
}

struct domains { /* that a touch tells of */
  struct engine *engine;
  int64_t time_ms;
  uint32_t numbers[DOMAINS_MAX];
  uint32_t count;
};

static void take_value(struct domains *domains, struct value value) {
  if (value.kind == VALUE_LIST) {
    for (uint32_t i = 0; i < value.len && domains->count < DOMAINS_MAX; i++)
      if (value.items[i].kind == VALUE_STRING) take_value(domains, value.items[i]);
    return;
  }
  uint32_t number = number_of(domains->engine, value, domains->time_ms);
  if (number != MAP_NONE && domains->count < DOMAINS_MAX) domains->numbers[domains->count++] = number;
}

static bool is_key(const struct ruleset *rules, struct str key) {
  for (uint32_t i = 0; i < rules->account_domain_count; i++)
    if (str_eq(rules->account_domains[i], key)) return true;
  return false;
}

/* Of a company by its traits, of a person by the address and by what is said of the company. */
static void take_touch(struct domains *domains, const struct touch *touch) {
  const struct ruleset *rules = domains->engine->rules;
  const struct touch_more *more = touch->more;
  for (uint32_t i = 0; i < more->trait_count; i++) {
    const struct trait_write *write = &more->traits[i];
    if (more->is_group ? is_key(rules, write->key) : str_eq(write->key, STR("email")))
      take_value(domains, write->value);
    if (more->is_group || !str_eq(write->key, STR("company")) || write->value.kind != VALUE_MAP) continue;
    for (uint32_t k = 0; k < rules->account_domain_count; k++)
      take_value(domains, value_path(write->value, rules->account_domains[k]));
  }
}

static bool domains_of(struct engine *engine, const struct touch *touch, struct domains *domains) {
  *domains = (struct domains){.engine = engine, .time_ms = touch->time_ms};
  if (engine->rules->account_domain_count && touch->more && touch->more->trait_count)
    take_touch(domains, touch);
  return domains->count > 0;
}

static void join(struct engine *engine, uint32_t account, uint32_t node) {
  members_add(&engine->members, account, node);
  engine_note_claim(engine, account, node);
}

/* A company claims the domain: whoever gives an address of it is to be told of the company from now on. */
static void claim_domain(struct engine *engine, uint32_t domain, uint32_t account) {
  uint32_t count;
  if (!members_add(&engine->domain_accounts, domain, account)) return;
  const uint32_t *nodes = members_of(&engine->domain_nodes, domain, &count);
  for (uint32_t i = 0; i < count; i++) join(engine, account, nodes[i]);
}

static void join_domain(struct engine *engine, uint32_t domain, uint32_t node) {
  uint32_t count;
  if (!members_add(&engine->domain_nodes, domain, node)) return;
  const uint32_t *accounts = members_of(&engine->domain_accounts, domain, &count);
  for (uint32_t i = 0; i < count; i++) join(engine, accounts[i], node);
}

void engine_note_domains(struct engine *engine, const struct touch *touch, uint32_t account, uint32_t node) {
  struct domains domains;
  if (!domains_of(engine, touch, &domains)) return;
  for (uint32_t i = 0; i < domains.count; i++) {
    if (touch->more->is_group)
      claim_domain(engine, domains.numbers[i], account);
    else if (node != IDENTITY_NONE)
      join_domain(engine, domains.numbers[i], node);
  }
}

void engine_name_domains(struct engine *engine, const struct touch *touch,
                         void (*name)(struct engine *engine, uint32_t account)) {
  struct domains domains;
  if ((touch->more && touch->more->is_group) || !domains_of(engine, touch, &domains)) return;
  for (uint32_t i = 0; i < domains.count; i++) {
    uint32_t count;
    const uint32_t *accounts = members_of(&engine->domain_accounts, domains.numbers[i], &count);
    for (uint32_t k = 0; k < count; k++) name(engine, accounts[k]);
  }
}
