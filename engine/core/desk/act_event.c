/* act_event.c - from a client's JSON to a request, from an accepted request to the event. */
#include "core/desk/act_private.h"

#include "base/err.h"
#include "base/timefmt.h"
#include "core/intake/normalise.h"

/* --- reading ---------------------------------------------------------------------------------------------------------- */

static int read_text(struct json_ref root, const char *key, struct str *out, struct err *err) {
  struct json_ref ref = json_get(root, str_of(key));
  struct str text;
  if (json_is_missing(ref) || json_kind(ref) == JSON_NULL) return 0;
  if (!json_string(ref, &text) || str_trim(text).len == 0 || text.len > ACT_TEXT_MAX)
    return err_set(err, ERR_INVALID, "`%s` must be a text of at most %d bytes", key, (int)ACT_TEXT_MAX);
  *out = str_trim(text);
  return 0;
}

static int read_object(struct json_ref root, const char *key, struct json_ref *out, struct err *err) {
  struct json_ref ref = json_get(root, str_of(key));
  if (json_is_missing(ref) || json_kind(ref) == JSON_NULL) return 0;
  if (json_kind(ref) != JSON_OBJECT)
    return err_set(err, ERR_INVALID, "`%s` is %s, expected an object", key, json_kind_word(json_kind(ref)));
  *out = ref;
  return 0;
}

static int check_names(struct json_ref root, struct err *err) {
  static const char *const names[] = {"act",      "actor",     "role",      "lifecycle",  "to",     "reason",
                                      "override", "messageId", "timestamp", "properties", "traits", NULL};
  struct json_iter it;
  for (json_iter_init(&it, root); json_next(&it);) {
    bool known = false;
    for (const char *const *name = names; *name; name++) known = known || str_eq(it.key, str_of(*name));
    if (known) continue;
    const char *near = str_nearest(it.key, names);
    return err_set(err, ERR_INVALID,
                   "an act has no member `%.*s`%s%s%s: what it brings along stands in `properties`",
                   STR_ARG(it.key), near ? "; did you mean `" : "", near ? near : "", near ? "`?" : "");
  }
  return 0;
}

int act_read(struct json_ref root, struct act_request *request, struct err *err) {
  struct json_ref time = json_get(root, STR("timestamp"));
  if (json_kind(root) != JSON_OBJECT)
    return err_set(err, ERR_INVALID, "expected an object: {\"act\": \"accept\"}");
  if (check_names(root, err) || read_text(root, "act", &request->act, err) ||
      read_text(root, "actor", &request->actor, err) || read_text(root, "role", &request->role, err) ||
      read_text(root, "lifecycle", &request->lifecycle, err) || read_text(root, "to", &request->to, err) ||
      read_text(root, "reason", &request->reason, err) ||
      read_text(root, "override", &request->override_, err) ||
      read_text(root, "messageId", &request->message_id, err) ||
      read_object(root, "properties", &request->properties, err) ||
      read_object(root, "traits", &request->traits, err))
    return -1;
  if (request->act.len == 0) return err_set(err, ERR_INVALID, "`act` is missing: which act?");
  if (json_is_missing(time) || json_kind(time) == JSON_NULL) return 0;
  if (!normalise_time(time, &request->time_ms))
    return err_set(err, ERR_INVALID,
                   "`timestamp` cannot be read: expected a date such as \"2024-01-15T09:00:00Z\"");
  return 0;
}

struct value act_field(const struct act_request *request, struct str field, struct arena *arena) {
  struct json_ref ref = json_path(request->properties, field);
  if (json_is_missing(ref)) ref = json_path(request->traits, field);
  return json_is_missing(ref) ? VALUE_NONE : json_value(ref, arena);
}

/* --- writing ---------------------------------------------------------------------------------------------------------- */

static void put_text(struct json_writer *w, const char *key, struct str text) {
  if (text.len == 0) return;
  json_key(w, key);
  json_put_str(w, text);
}

static void put_copy(struct json_writer *w, struct str key, struct json_ref ref) {
  struct buf part;
  buf_init(&part);
  json_minify(ref, &part);
  json_key_str(w, key);
  json_put_raw(w, buf_str(&part));
  buf_release(&part);
}

static bool has(struct texts texts, struct str field) {
  for (uint32_t i = 0; i < texts.count; i++)
    if (str_eq(texts.items[i], field)) return true;
  return false;
}

/* Those of an object's members that are among the fields, or those that are not. */
static bool put_members(struct json_writer *w, struct json_ref object, struct texts fields, bool among) {
  struct json_iter it;
  bool any = false;
  for (json_iter_init(&it, object); json_next(&it);) {
    if (has(fields, it.key) != among) continue;
    put_copy(w, it.key, it.value);
    any = true;
  }
  return any;
}

static void put_payload(const struct act_made *made, struct json_writer *w) {
  const struct act_request *request = made->request;
  struct texts private = made->kind ? made->kind->private : (struct texts){0};
  struct texts sets = made->kind ? made->kind->sets : (struct texts){0};
  json_key(w, "properties");
  json_open(w, '{');
  put_members(w, request->properties, private, false);
  json_close(w, '}');
  if (json_count(request->traits) || sets.count) {
    json_key(w, "traits");
    json_open(w, '{');
    put_members(w, request->traits, sets, false);
    put_members(w, request->properties, sets, true);
    json_close(w, '}');
  }
  if (private.count == 0) return;
  json_key(w, "private");
  json_open(w, '{');
  put_members(w, request->properties, private, true);
  json_close(w, '}');
}

static void put_until(const struct act_made *made, struct json_writer *w) {
  json_key(w, "until");
  if (made->reason->stands_ms == TIME_NEVER)
    json_put_text(w, "never");
  else
    json_put_time(w, fold_now(made->fold) + made->reason->stands_ms);
  put_text(w, "alternative", str_of(made->reason->alternative));
}

static void put_move(const struct act_made *made, struct json_writer *w) {
  const struct move *move = made->move;
  const struct lifecycle *l = &fold_rules(made->fold)->lifecycles[move->lifecycle];
  put_text(w, "lifecycle", str_of(l->name));
  put_text(w, "from", str_of(l->stages[fold_stage(made->fold, move->lifecycle)]));
  put_text(w, "to", str_of(l->stages[move->to]));
  if (!move->claim) return;
  json_key(w, "claim");
  json_put_bool(w, true);
}

void act_write(const struct act_made *made, struct buf *event) {
  const struct act_request *request = made->request;
  struct json_writer w;
  json_writer_init(&w, event);
  json_open(&w, '{');
  put_text(&w, "type", STR("act"));
  put_text(&w, "event", request->act);
  put_text(&w, request->lead.kind == ID_USER ? "userId" : "anonymousId", request->lead.id);
  put_text(&w, "messageId", request->message_id);
  json_key(&w, "timestamp");
  json_put_time(&w, request->time_ms == TIME_NEVER ? fold_now(made->fold) : request->time_ms);
  json_key(&w, "actor");
  json_open(&w, '{');
  put_text(&w, "id", request->actor);
  put_text(&w, "role", request->role);
  json_close(&w, '}');
  if (made->move) put_move(made, &w);
  put_text(&w, "reason", request->reason);
  if (made->reason) put_until(made, &w);
  if (made->overridden) put_text(&w, "override", request->override_);
  put_payload(made, &w);
  json_close(&w, '}');
}
