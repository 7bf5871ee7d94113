#include "core/handoff/outbox_record.h"

#include "base/digest.h"
#include "base/hex.h"
#include <inttypes.h>

static const char *const happenings[] = {
#define X(code, word) [code] = word,
    OUTBOX_HAPPENINGS(X)
#undef X
};

const char *outbox_happening_word(enum outbox_happening what) {
  return happenings[what];
}

/* --- ids ------------------------------------------------------------------------------------------------------------ */

const char *outbox_id_text(struct hash128 id, char out[OUTBOX_ID_TEXT]) {
  snprintf(out, OUTBOX_ID_TEXT, "msg_%016" PRIx64 "%016" PRIx64, id.high, id.low);
  return out;
}

/* Two numbers, one behind the other. */
static bool parse_hash(const char *digits, struct hash128 *hash) {
  return hex64_parse((struct str){digits, HEX64_DIGITS}, &hash->high) &&
         hex64_parse((struct str){digits + HEX64_DIGITS, HEX64_DIGITS}, &hash->low);
}

bool outbox_id_parse(struct str text, struct hash128 *id) {
  if (text.len != OUTBOX_ID_TEXT - 1 || !str_starts(text, STR("msg_"))) return false;
  return parse_hash(text.p + 4, id);
}

/* Each part with its length, so that no two lists of parts are told alike. */
static void add_part(struct digest *digest, struct str part) {
  char len[24];
  snprintf(len, sizeof len, "%zu:", part.len);
  digest_add(digest, str_of(len));
  digest_add(digest, part);
}

static void add_origin(struct digest *digest, const struct outbox_origin *origin) {
  for (size_t i = 0; i < origin->count; i++) add_part(digest, origin->of[i]);
  add_part(digest, origin->effect);
  add_part(digest, origin->destination);
}

void outbox_identify(const struct outbox_origin *origin, struct hash128 *id, uint64_t *key) {
  char hex[DIGEST_HEX_MAX];
  struct digest *digest = digest_new();
  add_origin(digest, origin);
  digest_end(digest, hex);
  ASSERT(hex64_parse((struct str){hex, HEX64_DIGITS}, key));
  digest = digest_new();
  add_part(digest, str_of(id_kind_word(origin->lead.kind)));
  add_part(digest, origin->lead.id);
  add_origin(digest, origin);
  digest_end(digest, hex);
  ASSERT(parse_hash(hex, id));
}

/* --- writing --------------------------------------------------------------------------------------------------------- */

static void put(struct json_writer *w, const char *key, struct str text) {
  if (text.len == 0) return;
  json_key(w, key);
  json_put_str(w, text);
}

static void put_raw(struct json_writer *w, const char *key, struct str json) {
  json_key(w, key);
  json_put_raw(w, json);
}

static void put_int(struct json_writer *w, const char *key, int64_t number) {
  if (number == 0) return;
  json_key(w, key);
  json_put_int(w, number);
}

static void put_hash(struct json_writer *w, const char *key, struct hash128 hash) {
  char text[40];
  snprintf(text, sizeof text, "%016" PRIx64 "%016" PRIx64, hash.high, hash.low);
  put(w, key, str_of(text));
}

static void put_id(struct json_writer *w, struct hash128 id, struct identity_member lead) {
  char text[OUTBOX_ID_TEXT];
  put(w, "id", str_of(outbox_id_text(id, text)));
  json_key(w, "lead");
  json_put_str(w, lead.id);
  put(w, "kind", str_of(id_kind_word(lead.kind)));
}

void outbox_effect_write(const struct outbox_effect *effect, struct buf *out) {
  struct json_writer w;
  char key[HEX64_TEXT];
  json_writer_init(&w, out);
  json_open(&w, '{');
  put_id(&w, effect->id, effect->lead);
  put(&w, "effect", effect->effect);
  put(&w, "destination", effect->destination);
  put(&w, "type", effect->type);
  put_int(&w, "sequence", effect->sequence);
  put(&w, "key", str_of(hex64_text(effect->key, key)));
  json_member_time(&w, "at", effect->at_ms);
  json_member_time(&w, "made_at", effect->made_ms);
  if (effect->rendered) {
    put_raw(&w, "request", effect->request);
  } else {
    put(&w, "failed", effect->failed);
    put_raw(&w, "event", effect->event);
  }
  if (effect->brief.len) put_raw(&w, "brief", effect->brief);
  json_close(&w, '}');
}

void outbox_delivery_write(const struct outbox_delivery *delivery, struct buf *out) {
  struct json_writer w;
  json_writer_init(&w, out);
  json_open(&w, '{');
  if (delivery->destination.len)
    put(&w, "destination", delivery->destination);
  else
    put_id(&w, delivery->id, delivery->lead);
  put(&w, "what", str_of(happenings[delivery->what]));
  put_int(&w, "attempt", delivery->attempt);
  put_int(&w, "status", delivery->status);
  if (delivery->attempt) { /* also one that took none */
    json_key(&w, "ms");
    json_put_int(&w, delivery->took_ms);
  }
  json_member_time(&w, "at", delivery->at_ms);
  if (delivery->what == HAPPENED_FAILED) json_member_time(&w, "next", delivery->next_ms);
  if (delivery->destination.len == 0) json_member_time(&w, "made_at", delivery->made_ms);
  put_int(&w, "pause", delivery->pause_ms);
  put(&w, "error", delivery->error);
  put(&w, "answer", delivery->answer);
  put(&w, "by", delivery->by);
  if (delivery->what == HAPPENED_RENDERED) put_raw(&w, "request", delivery->request);
  if (delivery->what == HAPPENED_RETURNED) {
    put_hash(&w, "value", delivery->value.sent);
    put_hash(&w, "item", delivery->value.item);
  }
  put_int(&w, "previous", (int64_t)delivery->previous);
  json_close(&w, '}');
}

/* --- reading ----------------------------------------------------------------------------------------------------------- */

static struct str text_of(struct json_ref root, const char *key) {
  struct str text = {NULL, 0};
  json_string(json_get(root, str_of(key)), &text);
  return text;
}

static int64_t int_of(struct json_ref root, const char *key, int64_t most) {
  return json_whole_or(json_get(root, str_of(key)), 0, most, 0);
}

static bool time_of(struct json_ref root, const char *key, int64_t *ms) {
  return time_parse(text_of(root, key), ms);
}

static bool hash_of(struct json_ref root, const char *key, struct hash128 *hash) {
  struct str hex = text_of(root, key);
  return hex.len == 2 * HEX64_DIGITS && parse_hash(hex.p, hash);
}

static bool lead_of(struct json_ref root, struct hash128 *id, struct identity_member *lead) {
  lead->id = text_of(root, "lead");
  if (!outbox_id_parse(text_of(root, "id"), id) || lead->id.len == 0) return false;
  return id_kind_parse(text_of(root, "kind"), &lead->kind);
}

int outbox_effect_read(struct json_ref root, struct outbox_effect *effect, struct err *err) {
  struct str key = text_of(root, "key");
  *effect = (struct outbox_effect){.effect = text_of(root, "effect"),
                                   .destination = text_of(root, "destination"),
                                   .type = text_of(root, "type"),
                                   .sequence = (uint32_t)int_of(root, "sequence", UINT32_MAX),
                                   .rendered = !json_is_missing(json_get(root, STR("request"))),
                                   .failed = text_of(root, "failed")};
  if (lead_of(root, &effect->id, &effect->lead) && effect->effect.len && effect->destination.len &&
      effect->type.len && hex64_parse(key, &effect->key) && time_of(root, "at", &effect->at_ms) &&
      time_of(root, "made_at", &effect->made_ms))
    return 0;
  return err_set(err, ERR_INVALID, "a recorded effect lacks its id, lead, destination, type, key or times");
}

int outbox_delivery_read(struct json_ref root, struct outbox_delivery *delivery, struct err *err) {
  struct str what = text_of(root, "what");
  *delivery = (struct outbox_delivery){.destination = text_of(root, "destination"),
                                       .attempt = (uint32_t)int_of(root, "attempt", UINT32_MAX),
                                       .status = (int)int_of(root, "status", INT32_MAX),
                                       .took_ms = int_of(root, "ms", INT64_MAX),
                                       .pause_ms = int_of(root, "pause", INT64_MAX),
                                       .error = text_of(root, "error"),
                                       .answer = text_of(root, "answer"),
                                       .by = text_of(root, "by"),
                                       .previous = (uint64_t)int_of(root, "previous", INT64_MAX)};
  int code = 0;
  while (code < HAPPENED_COUNT && !str_eq(what, str_of(happenings[code]))) code++;
  delivery->what = (enum outbox_happening)code;
  bool fine = code < HAPPENED_COUNT && time_of(root, "at", &delivery->at_ms);
  if (fine && code == HAPPENED_FAILED) fine = time_of(root, "next", &delivery->next_ms);
  if (fine && code == HAPPENED_RETURNED)
    fine = hash_of(root, "value", &delivery->value.sent) && hash_of(root, "item", &delivery->value.item);
  if (fine && delivery->destination.len == 0)
    fine = lead_of(root, &delivery->id, &delivery->lead) && time_of(root, "made_at", &delivery->made_ms);
  if (fine) return 0;
  return err_set(err, ERR_INVALID, "a recorded delivery does not say of what, what, or when");
}
