#include "core/engine/engine.h"

#include "base/err.h"
#include "core/engine/engine_private.h"
#include "model/ruleset/follows.h"

struct engine *engine_new(const struct ruleset *rules, const struct engine_calls *calls,
                          const struct engine_options *options) {
  struct engine *engine = xcalloc(1, sizeof *engine);
  engine->rules = rules;
  engine->follows_peers = ruleset_follows_peers(rules);
  if (calls) engine->calls = *calls;
  if (options) engine->options = *options;
  if (!engine->options.event_bytes_max) engine->options.event_bytes_max = ENGINE_EVENT_MAX;
  if (!engine->options.batch_bytes_max) engine->options.batch_bytes_max = ENGINE_BATCH_MAX;
  engine->reader = json_reader_new();
  engine->merged = json_reader_new();
  buf_init(&engine->text);
  buf_init(&engine->part);
  buf_init(&engine->key);
  arena_init_growing(&engine->arena, ENGINE_BLOCK_FIRST, ENGINE_BLOCK_LARGEST);
  engine->dedupe = dedupe_new(engine->options.dedupe_ids_max, engine->options.dedupe_seed);
  engine->identity = identity_new(&engine->arena);
  identity_set_apart(engine->identity, engine->options.apart);
  map_init(&engine->domains);
  accounts_init(&engine->accounts, rules, &engine->arena);
  intake_init(&engine->intake, rules, calls ? &calls->intake : NULL);
  engine->tally = tally_new(rules);
  return engine;
}

void engine_use(struct engine *engine, const struct ruleset *rules, const struct engine_calls *calls) {
  struct tally *tally = tally_new(rules);
  tally_inherit(tally, rules, engine->tally, engine->rules);
  tally_free(engine->tally);
  engine->tally = tally;
  engine->rules = rules;
  engine->follows_peers = ruleset_follows_peers(rules);
  engine->calls = *calls;
  accounts_use(&engine->accounts, rules);
  intake_use(&engine->intake, rules, &calls->intake);
}

void engine_free(struct engine *engine) {
  if (!engine) return;
  json_reader_free(engine->reader);
  json_reader_free(engine->merged);
  buf_release(&engine->text);
  buf_release(&engine->part);
  buf_release(&engine->key);
  dedupe_free(engine->dedupe);
  identity_free(engine->identity);
  accounts_release(&engine->accounts);
  members_release(&engine->members);
  free(engine->named);
  members_release(&engine->named_by);
  free(engine->answerers);
  free(engine->peers);
  touch_list_release(&engine->peer_touches);
  intake_release(&engine->intake);
  map_release(&engine->domains);
  members_release(&engine->domain_nodes);
  members_release(&engine->domain_accounts);
  tally_free(engine->tally);
  arena_release(&engine->arena);
  touch_list_release(&engine->touches);
  free(engine);
}

void engine_counts(const struct engine *engine, struct engine_counts *out) {
  *out = engine->counts;
  out->remembered = dedupe_count(engine->dedupe);
  out->forgotten = dedupe_forgotten(engine->dedupe);
}

uint64_t engine_rule_matches(const struct engine *engine, uint32_t rule) {
  return tally_of(engine->tally, rule);
}

void engine_count_reject(struct engine *engine, enum reject_code code) {
  engine->counts.rejected++;
  engine->counts.rejects[code]++;
}

bool engine_email(struct value written, char out[ENGINE_EMAIL_MAX], struct str *email) {
  if (written.kind != VALUE_STRING) return false;
  struct str text = str_trim(value_text(written));
  size_t ats = 0;
  if (text.len < 3 || text.len > ENGINE_EMAIL_MAX) return false;
  for (size_t i = 0; i < text.len; i++) {
    char c = text.p[i];
    if ((unsigned char)c <= ' ') return false;
    ats += c == '@';
    out[i] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  *email = (struct str){out, text.len};
  return ats == 1 && out[0] != '@' && out[text.len - 1] != '@';
}

const struct accounts *engine_accounts(const struct engine *engine) {
  return &engine->accounts;
}
