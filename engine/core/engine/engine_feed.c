/* From bytes to stored touches. */
#include "core/engine/engine_private.h"

#include "base/err.h"
#include "base/text.h"
#include "core/intake/envelope.h"
#include "core/intake/fingerprint.h"
#include <stdio.h>

struct feeding { /* one engine_feed */
  struct engine *engine;
  struct normalise_context context;
  struct feed_result *result;
  uint64_t record;
  uint32_t item;
};

static void refuse(struct feeding *feeding, enum reject_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void refuse(struct feeding *feeding, enum reject_code code, const char *format, ...) {
  struct feed_result *result = feeding->result;
  engine_count_reject(feeding->engine, code);
  result->rejected++;
  if (result->problem_count == ENGINE_PROBLEMS_TOLD) return;
  struct feed_problem *problem = &result->problems[result->problem_count++];
  problem->item = feeding->item;
  problem->code = code;
  va_list args;
  va_start(args, format);
  vsnprintf(problem->reason, sizeof problem->reason, format, args);
  va_end(args);
}

/* --- identity ---------------------------------------------------------------------------------------------------- */

static bool is_nobody(const struct engine *engine, struct str email, int64_t now) {
  const struct matcher *never = engine->rules->never_id;
  return never && matcher_eval(never, value_str(email), now) == TRUTH_YES;
}

/* The address an identify call gave, when it counts as an identity. */
static uint32_t email_node(struct engine *engine, const struct touch *touch) {
  char room[ENGINE_EMAIL_MAX];
  struct str email;
  if (!engine->rules->merge_by_email || !touch->more || touch->type != EVENT_IDENTIFY) return IDENTITY_NONE;
  for (uint32_t i = 0; i < touch->more->trait_count; i++) {
    const struct trait_write *write = &touch->more->traits[i];
    if (!str_eq(write->key, STR("email"))) continue;
    if (!engine_email(write->value, room, &email) || is_nobody(engine, email, touch->time_ms)) break;
    return identity_node(engine->identity, identity_ref(engine->identity, ID_EMAIL, email));
  }
  return IDENTITY_NONE;
}

/* The ids on an event, on their way from memory: asked for early, fetched while the event is matched. */
struct who {
  bool has_user, has_anonymous;
  struct id_ref user, anonymous;
};

static struct who who_is(const struct engine *engine, const struct event *event) {
  struct who who = {.has_user = event->user_id.len > 0, .has_anonymous = event->anonymous_id.len > 0};
  if (who.has_user) who.user = identity_ref(engine->identity, ID_USER, event->user_id);
  if (who.has_anonymous) who.anonymous = identity_ref(engine->identity, ID_ANONYMOUS, event->anonymous_id);
  return who;
}

static void fetch_who(const struct engine *engine, const struct who *who) {
  if (who->has_user) identity_fetch(engine->identity, who->user);
  if (who->has_anonymous) identity_fetch(engine->identity, who->anonymous);
}

static void tell_touched(const struct engine *engine, uint32_t node) {
  if (engine->options.touched) engine->options.touched(engine->options.touched_context, node);
}

static void tell_node(void *context, uint32_t node) {
  tell_touched(context, node);
}

/* An event's facts may re-group more than its own ids: then every id of the lead counts as touched. */
static void tell(struct engine *engine, uint32_t user, uint32_t anonymous, uint64_t joins) {
  const struct identity_visitor visitor = {engine, tell_node};
  if (!engine->options.touched) return;
  if (anonymous != IDENTITY_NONE) tell_touched(engine, anonymous);
  if (user == IDENTITY_NONE) return;
  if (joins == identity_joins(engine->identity))
    tell_touched(engine, user);
  else
    identity_nodes_of(engine->identity, identity_root(engine->identity, user), &visitor);
}

/* Who names an account, and what is said about it: a change is told to everybody who ever named it. `node`: who says it. */
static void note_account(struct engine *engine, const struct touch *touch, uint32_t node) {
  struct accounts *accounts = &engine->accounts;
  uint32_t count;
  bool changed = accounts_touch(accounts, touch);
  if (!accounts->rules) return;
  uint32_t account = map_get(&accounts->ids, touch->more->account);
  if (node != IDENTITY_NONE) members_add(&engine->members, account, node);
  if (touch->more->is_group) engine_note_domains(engine, touch, account, node);
  const uint32_t *nodes = members_of(&engine->members, account, &count);
  for (uint32_t i = 0; changed && i < count; i++) tell_touched(engine, nodes[i]);
  if (changed) engine_tell_company_moved(engine, account);
}

/* Whether it may change which answers count for whom: it answers, names an account, or says who is who. */
static bool is_news_to_peers(const struct event *event, const struct who *who, const struct touch *touch) {
  return (touch->more && (touch->more->answer_count || touch->more->account.len)) ||
         (who->has_user && who->has_anonymous) || event->type == EVENT_ALIAS || event->type == EVENT_IDENTIFY;
}

static void store(struct engine *engine, const struct event *event, const struct who *who,
                  const struct touch *touch) {
  struct identity *identity = engine->identity;
  uint32_t user = IDENTITY_NONE, anonymous = IDENTITY_NONE;
  uint64_t joins = identity_joins(identity);
  if (who->has_user) user = identity_node(identity, who->user);
  if (who->has_anonymous) anonymous = identity_node(identity, who->anonymous);
  uint32_t email = email_node(engine, touch);
  if (who->has_user) {
    identity_touch(identity, user, touch);
    if (who->has_anonymous) identity_link(identity, anonymous, user, touch);
    if (email != IDENTITY_NONE) identity_join(identity, user, email);
    if (event->previous_id.len) identity_alias(identity, event->previous_id, user, touch);
  } else if (who->has_anonymous) {
    identity_touch(identity, anonymous, touch);
    if (email != IDENTITY_NONE) identity_link(identity, anonymous, email, touch);
  }
  tell(engine, user, anonymous, joins);
  if (touch->more && touch->more->account.len) note_account(engine, touch, who->has_user ? user : anonymous);
  if (event->type == EVENT_IDENTIFY)
    engine_note_domains(engine, touch, MAP_NONE, who->has_user ? user : anonymous);
  engine_note_peer(engine, who->has_user ? user : anonymous, touch);
  if (is_news_to_peers(event, who, touch)) {
    engine_tell_peers(engine, user);
    engine_tell_peers(engine, anonymous);
  }
}

/* --- one event --------------------------------------------------------------------------------------------------- */

static struct str make_key(struct engine *engine, const struct event *event) {
  normalise_key(event, &engine->key);
  return buf_str(&engine->key);
}

bool engine_blocks(const struct engine *engine, const struct event *event) {
  return engine->options.is_blocked && engine->options.is_blocked(engine->options.blocked_context, event);
}

enum dedupe_result engine_knows(struct engine *engine, const struct event *event) {
  struct hash128 hash = dedupe_hash(engine->dedupe, make_key(engine, event));
  return dedupe_find(engine->dedupe, hash, fingerprint_body(event));
}

static bool is_known(struct feeding *feeding, struct hash128 key, uint32_t body) {
  struct engine *engine = feeding->engine;
  switch (dedupe_add(engine->dedupe, key, body)) {
  case DEDUPE_NEW: return false;
  case DEDUPE_DUPLICATE: feeding->result->duplicates++, engine->counts.duplicates++; break;
  case DEDUPE_CONFLICT: feeding->result->conflicts++, engine->counts.conflicts++; break;
  }
  return true;
}

static bool is_later(struct feeding *feeding, int64_t time_ms) {
  struct engine *engine = feeding->engine;
  if (!engine->options.has_until || time_ms <= engine->options.until_ms) return false;
  feeding->result->later++;
  engine->counts.later++;
  return true;
}

static void count_accepted(struct feeding *feeding, int64_t time_ms) {
  struct engine_counts *counts = &feeding->engine->counts;
  if (counts->accepted == 0 || time_ms < counts->first_ms) counts->first_ms = time_ms;
  if (counts->accepted == 0 || time_ms > counts->last_ms) counts->last_ms = time_ms;
  counts->accepted++;
  feeding->result->accepted++;
}

/* The order is for the memory's sake: what is looked up last has been asked for first. */
static void take(struct feeding *feeding, const struct normalised *normal, struct str key, struct str text) {
  struct engine *engine = feeding->engine;
  const struct event *event = &normal->event;
  struct hash128 hash = dedupe_hash(engine->dedupe, key);
  struct who who = who_is(engine, event);
  bool counts = intake_match(&engine->intake, event);
  fetch_who(engine, &who);
  if (normal->has_message_id && is_known(feeding, hash, fingerprint_body(event))) return;
  engine->counts.clamped += normal->clamped;
  count_accepted(feeding, event->time_ms);
  if (counts) {
    struct touch *touch = intake_touch(&engine->intake, event, key, text, &engine->arena);
    touch->record = feeding->record;
    if (feeding->context.is_history) touch->flags |= TOUCH_HISTORY;
    tally_add(engine->tally, touch);
    store(engine, event, &who, touch);
    return;
  }
  engine->counts.ignored++;
  feeding->result->ignored++;
}

static void feed_event(struct feeding *feeding, struct json_ref root, struct str text) {
  struct engine *engine = feeding->engine;
  struct normalised *normal = &engine->event;
  enum reject_code code = normalise_event(root, &feeding->context, normal);
  engine->counts.bad_times += normal->bad_times;
  if (code != REJECT_NONE)
    refuse(feeding, code, "%s", normal->reason);
  else if (engine_blocks(engine, &normal->event))
    refuse(feeding, REJECT_ERASED, REJECT_ERASED_REASON);
  else if (!is_later(feeding, normal->event.time_ms))
    take(feeding, normal, make_key(engine, &normal->event), text);
}

/* --- envelopes ---------------------------------------------------------------------------------------------------- */

/* The item together with its envelope's context. */
static int merge_context(struct engine *engine, struct json_ref item, struct json_ref context,
                         struct json_ref *merged, struct err *err) {
  const struct envelope envelope = {.context = context};
  buf_clear(&engine->text);
  envelope_open(&envelope, item, &engine->part, &engine->text);
  return json_parse(engine->merged, engine->text.data, engine->text.len, merged, err);
}

/* Whether an item of an envelope larger than one event may be is itself too large. */
static bool is_too_large(struct feeding *feeding, struct json_ref item, size_t envelope_len) {
  struct engine *engine = feeding->engine;
  size_t most = engine->options.event_bytes_max;
  if (envelope_len <= most) return false;
  buf_clear(&engine->text);
  json_minify(item, &engine->text);
  if (engine->text.len <= most) return false;
  refuse(feeding, REJECT_TOO_LARGE, "the event has %zu bytes; at most %zu are allowed", engine->text.len,
         most);
  return true;
}

static void feed_item(struct feeding *feeding, struct json_ref item, struct json_ref context,
                      size_t envelope_len) {
  struct err err;
  if (is_too_large(feeding, item, envelope_len)) return;
  if (json_count(context) && json_kind(item) == JSON_OBJECT &&
      merge_context(feeding->engine, item, context, &item, &err) != 0) {
    refuse(feeding, REJECT_BAD_JSON, "%s", err.text);
    return;
  }
  feed_event(feeding, item, STR(""));
}

static void feed_batch(struct feeding *feeding, struct json_ref root, struct json_ref batch, size_t len) {
  struct json_ref sent = json_get(root, STR("sentAt")), context = json_get(root, STR("context"));
  bool has_sent = !json_is_missing(sent) && json_kind(sent) != JSON_NULL;
  if (has_sent && !normalise_time(sent, &feeding->context.batch_sent_ms)) feeding->engine->counts.bad_times++;
  if (json_kind(context) != JSON_OBJECT) context = (struct json_ref){0};
  feeding->result->is_batch = true;
  struct json_iter it;
  for (json_iter_init(&it, batch); json_next(&it); feeding->item++)
    feed_item(feeding, it.value, context, len);
}

/* --- the whole ----------------------------------------------------------------------------------------------------- */

static void refuse_text(struct feeding *feeding, struct str json, const struct err *err) {
  enum reject_code code = REJECT_BAD_JSON;
  if (err->code == ERR_LIMIT)
    code = REJECT_TOO_DEEP;
  else if (!text_is_utf8(json))
    code = REJECT_BAD_UTF8;
  refuse(feeding, code, "%s", err->text);
}

void engine_feed(struct engine *engine, struct str json, const struct feed *feed,
                 struct feed_result *result) {
  struct feeding feeding = {.engine = engine,
                            .context = {.source = feed->source,
                                        .received_ms = feed->received_ms ? feed->received_ms : TIME_NEVER,
                                        .is_history = feed->is_history,
                                        .is_system = feed->is_system,
                                        .batch_sent_ms = TIME_NEVER,
                                        .has_type = feed->has_type,
                                        .type = feed->type},
                            .result = result,
                            .record = feed->record};
  const struct engine_options *options = &engine->options;
  struct json_ref root;
  struct err err;
  memset(result, 0, offsetof(struct feed_result, problems));
  json = str_trim(json);
  if (json.len > options->event_bytes_max && json.len > options->batch_bytes_max) {
    refuse(&feeding, REJECT_TOO_LARGE, "%zu bytes; at most %zu are allowed", json.len,
           options->batch_bytes_max);
    return;
  }
  if (json_parse(engine->reader, json.p, json.len, &root, &err) != 0) {
    refuse_text(&feeding, json, &err);
    return;
  }
  struct json_ref batch = json_get(root, STR("batch"));
  if (json_kind(batch) == JSON_ARRAY)
    feed_batch(&feeding, root, batch, json.len);
  else if (!json_is_missing(batch) && json_is_missing(json_get(root, STR("type"))))
    refuse(&feeding, REJECT_BAD_BATCH, "`batch` is %s, expected a list of events",
           json_kind_word(json_kind(batch)));
  else if (json.len > options->event_bytes_max)
    refuse(&feeding, REJECT_TOO_LARGE, "the event has %zu bytes; at most %zu are allowed", json.len,
           options->event_bytes_max);
  else
    feed_event(&feeding, root, json);
}
