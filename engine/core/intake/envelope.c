#include "core/intake/envelope.h"

static bool is_own(struct json_ref object, struct str key) {
  return !json_is_missing(json_get(object, key));
}

static void add_member(struct json_writer *writer, struct str key, struct json_ref value, struct buf *part) {
  buf_clear(part);
  json_minify(value, part);
  json_key_str(writer, key);
  json_put_raw(writer, buf_str(part));
}

/* The members of `object` but those that `other` has too. */
static void add_members(struct json_writer *writer, struct json_ref object, struct json_ref other,
                        struct buf *part) {
  struct json_iter it;
  for (json_iter_init(&it, object); json_next(&it);)
    if (!is_own(other, it.key)) add_member(writer, it.key, it.value, part);
}

static void add_context(const struct envelope *envelope, struct json_ref own, struct json_writer *writer,
                        struct buf *part) {
  json_key(writer, "context");
  json_open(writer, '{');
  add_members(writer, own, (struct json_ref){0}, part);
  add_members(writer, envelope->context, own, part);
  json_close(writer, '}');
}

static bool is_unset(struct json_ref ref) {
  return json_is_missing(ref) || json_kind(ref) == JSON_NULL;
}

void envelope_open(const struct envelope *envelope, struct json_ref item, struct buf *part, struct buf *out) {
  struct json_writer writer;
  struct json_iter it;
  bool merges = json_count(envelope->context) > 0;
  bool sent = is_unset(json_get(item, STR("sentAt"))) && !is_unset(envelope->sent_at);
  bool type = is_unset(json_get(item, STR("type"))) && envelope->type.len;
  json_writer_init(&writer, out);
  json_open(&writer, '{');
  if (type) {
    json_key(&writer, "type");
    json_put_str(&writer, envelope->type);
  }
  for (json_iter_init(&it, item); json_next(&it);) {
    if (str_eq(it.key, STR("writeKey")) || (merges && str_eq(it.key, STR("context")))) continue;
    if ((sent && str_eq(it.key, STR("sentAt"))) || (type && str_eq(it.key, STR("type")))) continue;
    add_member(&writer, it.key, it.value, part);
  }
  if (merges) add_context(envelope, json_get(item, STR("context")), &writer, part);
  if (sent) add_member(&writer, STR("sentAt"), envelope->sent_at, part);
  json_close(&writer, '}');
}
