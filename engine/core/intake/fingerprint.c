#include "core/intake/fingerprint.h"

enum { SEED_KEY = 1, SEED_TEXT = 2 };

static uint64_t mix(uint64_t x) {
  x ^= x >> 30;
  x *= UINT64_C(0xbf58476d1ce4e5b9);
  x ^= x >> 27;
  x *= UINT64_C(0x94d049bb133111eb);
  return x ^ (x >> 31);
}

static struct hash128 join(struct hash128 a, struct hash128 b) {
  return (struct hash128){mix(a.low * 3 + b.low), mix(a.high * 5 + b.high)};
}

static struct hash128 of_word(enum json_kind kind, uint64_t word) {
  uint64_t tag = (uint64_t)kind << 56;
  return (struct hash128){mix(word ^ tag), mix(~word ^ tag)};
}

static struct hash128 of_number(double n) {
  uint64_t bits;
  if (n == 0) n = 0; /* -0 is 0 */
  memcpy(&bits, &n, sizeof bits);
  return of_word(JSON_NUMBER, bits);
}

static struct hash128 of_value(struct json_ref ref);

/* Members add up, so their order does not matter. */
static struct hash128 of_object(struct json_ref object, bool (*skipped)(struct str key)) {
  struct hash128 sum = of_word(JSON_OBJECT, 0);
  struct json_iter it;
  for (json_iter_init(&it, object); json_next(&it);) {
    if (skipped && skipped(it.key)) continue;
    struct hash128 member = join(str_hash128(it.key, SEED_KEY), of_value(it.value));
    sum.low += member.low;
    sum.high += member.high;
  }
  return sum;
}

static struct hash128 of_array(struct json_ref array) {
  struct hash128 hash = of_word(JSON_ARRAY, 0);
  struct json_iter it;
  for (json_iter_init(&it, array); json_next(&it);) hash = join(hash, of_value(it.value));
  return hash;
}

static struct hash128 of_value(struct json_ref ref) {
  struct str text = {NULL, 0};
  double n = 0;
  bool b = false;
  enum json_kind kind = json_kind(ref);
  switch (kind) {
  case JSON_STRING: json_string(ref, &text); return str_hash128(text, SEED_TEXT);
  case JSON_NUMBER: json_number(ref, &n); return of_number(n);
  case JSON_BOOL: json_bool(ref, &b); return of_word(kind, b);
  case JSON_ARRAY: return of_array(ref);
  case JSON_OBJECT: return of_object(ref, NULL);
  case JSON_MISSING:
  case JSON_NULL: break;
  }
  return of_word(JSON_NULL, 0);
}

static bool is_transport(struct str key) {
  static const char *const words[] = {"sentAt",       "receivedAt", "writeKey",
                                      "integrations", "_metadata",  "source"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (str_eq(key, str_of(words[i]))) return true;
  return false;
}

struct hash128 fingerprint_event(struct json_ref root) {
  return of_object(root, is_transport);
}

uint32_t fingerprint_body(const struct event *event) {
  const struct str parts[] = {event->name, event->user_id, event->anonymous_id, event->group_id,
                              event->previous_id};
  uint64_t hash = (uint64_t)event->type;
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    hash = mix(hash * 3 + (parts[i].len ? str_hash(parts[i]) : 0));
  if (event->type == EVENT_ACT)
    return (uint32_t)(hash ^ (hash >> 32)); /* what it brought along is partly kept apart */
  hash = mix(hash * 3 + of_value(event->properties).low);
  hash = mix(hash * 3 + of_value(event->traits).low);
  return (uint32_t)(hash ^ (hash >> 32));
}
