#include "core/intake/cloudevent_private.h"

#include "base/digest.h"
#include "core/intake/normalise.h"

/* --- messageId ----------------------------------------------------------------------------------------------------- */

static void put_digest(struct json_writer *json, struct str pair) {
  char text[sizeof "sha256:" + DIGEST_HEX_MAX] = "sha256:";
  struct digest *digest = digest_new();
  digest_add(digest, pair);
  digest_end(digest, text + sizeof "sha256:" - 1);
  json_put_text(json, text);
}

/* Readers of messageId trim it: an id that ends in a blank must not become another one. */
static void put_message_id(struct json_writer *json, struct str source, struct str id) {
  struct buf pair;
  buf_init(&pair);
  buf_add_str(&pair, source);
  buf_add_char(&pair, ' ');
  buf_add_str(&pair, id);
  if (pair.len <= NORMALISE_MESSAGE_ID_MAX && id.p[id.len - 1] != ' ')
    json_put_str(json, buf_str(&pair));
  else
    put_digest(json, buf_str(&pair));
  buf_release(&pair);
}

/* --- the calls ----------------------------------------------------------------------------------------------------- */

struct call { /* one of Segment's, as a CloudEvent may carry it */
  bool is_segment;
  enum event_type type;
};

static struct call call_of(struct str type) {
  static const struct str prefix = {"com.segment.", sizeof "com.segment." - 1};
  struct call call = {false, EVENT_TRACK};
  if (str_starts(type, prefix)) type = (struct str){type.p + prefix.len, type.len - prefix.len};
  call.is_segment = event_type_parse(type, &call.type) && call.type < EVENT_CALLS;
  if (!call.is_segment) call.type = EVENT_TRACK;
  return call;
}

/* The member that holds what a call is about; NULL: it has none. */
static const char *payload_of(enum event_type type) {
  switch (type) {
  case EVENT_IDENTIFY:
  case EVENT_GROUP: return "traits";
  case EVENT_ALIAS: return NULL;
  default: return "properties";
  }
}

static bool is_one_of(struct str key, const char *const *words) {
  for (; *words; words++)
    if (str_eq(key, str_of(*words))) return true;
  return false;
}

/* Written by this module, whatever data says. */
static bool is_ours(const struct cloudevent *event, struct str key) {
  static const char *const always[] = {"userId",     "anonymousId", "messageId", "type",
                                       "receivedAt", "writeKey",    "context",   NULL};
  static const char *const dates[] = {"timestamp", "originalTimestamp", "sentAt", NULL};
  return is_one_of(key, always) || (event->core[CLOUDEVENT_TIME].len && is_one_of(key, dates));
}

/* A member of the message that is no trait or property, where these stand beside it. */
static bool is_of_message(enum event_type type, struct str key) {
  static const char *const all[] = {"timestamp", "originalTimestamp", "sentAt", "integrations", NULL};
  static const char *const own[EVENT_TYPES][3] = {[EVENT_TRACK] = {"event"},
                                                  [EVENT_PAGE] = {"name", "category"},
                                                  [EVENT_SCREEN] = {"name", "category"},
                                                  [EVENT_GROUP] = {"groupId"},
                                                  [EVENT_ALIAS] = {"previousId"}};
  return is_one_of(key, all) || is_one_of(key, own[type]);
}

static void put_ref(struct json_writer *json, struct str key, struct json_ref ref) {
  struct buf text;
  buf_init(&text);
  json_minify(ref, &text);
  json_key_str(json, key);
  json_put_raw(json, buf_str(&text));
  buf_release(&text);
}

/* The members of a Segment message in data: those of the message itself, or those of its payload. */
static void put_members(const struct cloudevent *event, enum event_type type, bool of_message,
                        struct json_writer *json) {
  struct json_iter member;
  const char *payload = payload_of(type);
  bool beside = payload && json_is_missing(json_get(event->data, str_of(payload)));
  for (json_iter_init(&member, event->data); json_next(&member);) {
    if (is_ours(event, member.key)) continue;
    if ((!beside || is_of_message(type, member.key)) == of_message) put_ref(json, member.key, member.value);
  }
}

static void put_value(const struct cloudevent *event, struct json_writer *json) {
  json_open(json, '{');
  if (event->text.p) {
    json_key(json, "value");
    json_put_str(json, event->text);
  } else if (json_kind(event->data) != JSON_MISSING && json_kind(event->data) != JSON_NULL) {
    put_ref(json, STR("value"), event->data);
  }
  json_close(json, '}');
}

static void put_segment_payload(const struct cloudevent *event, enum event_type type,
                                struct json_writer *json) {
  const char *payload = payload_of(type);
  bool is_message = json_kind(event->data) == JSON_OBJECT;
  if (is_message) put_members(event, type, true, json);
  if (!payload || (is_message && !json_is_missing(json_get(event->data, str_of(payload))))) return;
  json_key(json, payload);
  if (!is_message) {
    put_value(event, json);
    return;
  }
  json_open(json, '{');
  put_members(event, type, false, json);
  json_close(json, '}');
}

static void put_track(const struct cloudevent *event, struct json_writer *json) {
  json_key(json, "event");
  json_put_str(json, event->core[CLOUDEVENT_TYPE]);
  if (json_kind(event->data) == JSON_OBJECT) {
    put_ref(json, STR("properties"), event->data);
  } else {
    json_key(json, "properties");
    put_value(event, json);
  }
}

/* --- who and where ------------------------------------------------------------------------------------------------- */

static void put_id(const struct cloudevent *event, const char *key, struct str text,
                   struct json_writer *json) {
  struct json_ref of_data = json_get(event->data, str_of(key));
  if (text.len) {
    json_key(json, key);
    json_put_str(json, text);
  } else if (!json_is_missing(of_data)) {
    put_ref(json, str_of(key), of_data);
  }
}

static void put_ids(const struct cloudevent *event, struct json_writer *json) {
  struct str subject = event->core[CLOUDEVENT_SUBJECT];
  put_id(event, "userId", subject.len ? subject : cloudevent_extension(event, STR("userid")), json);
  put_id(event, "anonymousId", cloudevent_extension(event, STR("anonymousid")), json);
}

static void put_attributes(const struct cloudevent *event, struct json_writer *json) {
  static const char *const words[CLOUDEVENT_CORE_COUNT] = {
#define X(core, word) [core] = word,
      CLOUDEVENT_CORE(X)
#undef X
  };
  for (int core = 0; core < CLOUDEVENT_CORE_COUNT; core++) {
    if (core == CLOUDEVENT_SPECVERSION || !event->core[core].len) continue;
    json_key(json, words[core]);
    json_put_str(json, event->core[core]);
  }
  for (size_t i = 0; i < event->extension_count; i++) {
    const struct cloudevent_attribute *extension = &event->extensions[i];
    if (!json_is_missing(extension->json)) {
      put_ref(json, extension->name, extension->json);
      continue;
    }
    json_key_str(json, extension->name);
    json_put_str(json, extension->text);
  }
}

/* The context that a Segment message brings along. */
static void put_message_context(struct json_ref context, bool has_group, struct json_writer *json) {
  struct json_iter member;
  for (json_iter_init(&member, context); json_next(&member);)
    if (!str_eq(member.key, STR("cloudevent")) && !(has_group && str_eq(member.key, STR("groupId"))))
      put_ref(json, member.key, member.value);
}

static void put_context(const struct cloudevent *event, bool is_segment, struct json_writer *json) {
  struct str group = cloudevent_extension(event, STR("groupid"));
  json_key(json, "context");
  json_open(json, '{');
  if (group.len) {
    json_key(json, "groupId");
    json_put_str(json, group);
  }
  struct json_ref context = json_get(event->data, STR("context"));
  if (is_segment && json_kind(context) == JSON_OBJECT) put_message_context(context, group.len > 0, json);
  json_key(json, "cloudevent");
  json_open(json, '{');
  put_attributes(event, json);
  if (event->data_bytes) {
    json_key(json, "data_bytes");
    json_put_int(json, (int64_t)event->data_bytes);
  }
  json_close(json, '}');
  json_close(json, '}');
}

void cloudevent_write(const struct cloudevent *event, struct buf *out) {
  struct call call = call_of(event->core[CLOUDEVENT_TYPE]);
  struct json_writer json;
  json_writer_init(&json, out);
  json_open(&json, '{');
  json_key(&json, "messageId");
  put_message_id(&json, event->core[CLOUDEVENT_SOURCE], event->core[CLOUDEVENT_ID]);
  json_key(&json, "type");
  json_put_text(&json, event_type_word(call.type));
  put_ids(event, &json);
  if (event->core[CLOUDEVENT_TIME].len) {
    json_key(&json, "timestamp");
    json_put_str(&json, event->core[CLOUDEVENT_TIME]);
  }
  put_context(event, call.is_segment, &json);
  if (call.is_segment)
    put_segment_payload(event, call.type, &json);
  else
    put_track(event, &json);
  json_close(&json, '}');
}
