#include "core/identity/blocklist.h"

enum { HEX_LEN = 2 * DIGEST_KEY_BYTES };
_Static_assert(sizeof(struct hash128) == DIGEST_KEY_BYTES, "hashes and the key are written alike");

struct blocklist {
  unsigned char key[DIGEST_KEY_BYTES];
  bool has_key;
  struct map hashes; /* their bytes */
};

struct blocklist *blocklist_new(void) {
  struct blocklist *list = xcalloc(1, sizeof *list);
  map_init(&list->hashes);
  return list;
}

void blocklist_free(struct blocklist *list) {
  if (!list) return;
  map_release(&list->hashes);
  free(list);
}

size_t blocklist_count(const struct blocklist *list) {
  return list->hashes.count;
}

/* --- hashes -------------------------------------------------------------------------------------------------------- */

/* The kind is part of it: "7" the user is not "7" the device. */
static struct hash128 hash_of(const struct blocklist *list, enum id_kind kind, struct str id) {
  char room[1 + NORMALISE_ID_MAX];
  size_t len = id.len < NORMALISE_ID_MAX ? id.len : NORMALISE_ID_MAX;
  room[0] = (char)('0' + kind);
  if (len) memcpy(room + 1, id.p, len);
  return digest_keyed(list->key, (struct str){room, 1 + len});
}

static struct str bytes_of(const struct hash128 *hash) {
  return (struct str){(const char *)hash, sizeof *hash};
}

static bool has(const struct blocklist *list, enum id_kind kind, struct str id) {
  if (id.len == 0) return false;
  struct hash128 hash = hash_of(list, kind, id);
  return map_get(&list->hashes, bytes_of(&hash)) != MAP_NONE;
}

static bool has_email(const struct blocklist *list, const struct event *event) {
  char room[ENGINE_EMAIL_MAX];
  struct str written, email;
  if (event->type != EVENT_IDENTIFY || !json_string(json_get(event->traits, STR("email")), &written))
    return false;
  return engine_email(value_str(written), room, &email) && has(list, ID_EMAIL, email);
}

bool blocklist_has_event(const struct blocklist *list, const struct event *event) {
  if (list->hashes.count == 0) return false;
  return has(list, ID_USER, event->user_id) || has(list, ID_ANONYMOUS, event->anonymous_id) ||
         has(list, ID_USER, event->previous_id) || has(list, ID_ANONYMOUS, event->previous_id) ||
         has_email(list, event);
}

/* --- as JSON ------------------------------------------------------------------------------------------------------- */

static void put_hex(struct json_writer *w, const void *bytes) {
  static const char digits[] = "0123456789abcdef";
  const unsigned char *from = bytes;
  char hex[HEX_LEN + 1];
  for (size_t i = 0; i < DIGEST_KEY_BYTES; i++) {
    hex[2 * i] = digits[from[i] >> 4];
    hex[2 * i + 1] = digits[from[i] & 15];
  }
  json_put_str(w, (struct str){hex, HEX_LEN});
}

static int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_hex(struct json_ref ref, void *bytes) {
  unsigned char *to = bytes;
  struct str hex;
  if (!json_string(ref, &hex) || hex.len != HEX_LEN) return false;
  for (size_t i = 0; i < DIGEST_KEY_BYTES; i++) {
    int high = digit_of(hex.p[2 * i]), low = digit_of(hex.p[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    to[i] = (unsigned char)(high << 4 | low);
  }
  return true;
}

static bool is_always(const struct id_claim *claim) {
  return claim->kind != ID_ANONYMOUS ||
         (claim->span_count == 1 && claim->spans->from_ms == TIME_MIN && claim->spans->to_ms == TIME_NEVER);
}

static void need_key(struct blocklist *list) {
  if (!list->has_key) digest_random(list->key, sizeof list->key);
  list->has_key = true;
}

void blocklist_add(struct blocklist *list, const struct erasure *erasure) {
  need_key(list);
  for (size_t i = 0; i < erasure->count; i++) {
    if (!is_always(&erasure->claims[i])) continue;
    struct hash128 hash = hash_of(list, erasure->claims[i].kind, erasure->claims[i].id);
    map_put(&list->hashes, bytes_of(&hash), 0, NULL);
  }
}

void blocklist_write(struct blocklist *list, const struct erasure *erasure, struct buf *out) {
  struct json_writer w;
  need_key(list);
  json_writer_init(&w, out);
  json_open(&w, '{');
  json_key(&w, "key");
  put_hex(&w, list->key);
  json_key(&w, "ids");
  json_open(&w, '[');
  for (size_t i = 0; i < erasure->count; i++) {
    if (!is_always(&erasure->claims[i])) continue;
    struct hash128 hash = hash_of(list, erasure->claims[i].kind, erasure->claims[i].id);
    put_hex(&w, &hash);
  }
  json_close(&w, ']');
  json_close(&w, '}');
}

int blocklist_take(struct blocklist *list, struct json_ref root, struct err *err) {
  unsigned char key[DIGEST_KEY_BYTES];
  struct json_iter it;
  if (!read_hex(json_get(root, STR("key")), key))
    return err_set(err, ERR_INVALID, "a list of blocked ids has no proper `key`");
  if (list->has_key && memcmp(list->key, key, sizeof key) != 0)
    return err_set(err, ERR_INVALID, "two lists of blocked ids have different keys");
  memcpy(list->key, key, sizeof key);
  list->has_key = true;
  for (json_iter_init(&it, json_get(root, STR("ids"))); json_next(&it);) {
    struct hash128 hash;
    if (!read_hex(it.value, &hash)) return err_set(err, ERR_INVALID, "a blocked id is no hash");
    map_put(&list->hashes, bytes_of(&hash), 0, NULL);
  }
  return 0;
}
