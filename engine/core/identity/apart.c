#include "core/identity/apart.h"

#include "base/map.h"

struct apart {
  struct map keys; /* -> index */
  struct apart_pair *pairs;
  size_t count, cap;
  struct arena arena;
};

static const char *const id_keys[ID_KINDS] = {
    [ID_USER] = "user_id", [ID_ANONYMOUS] = "anonymous_id", [ID_EMAIL] = "email"};

struct apart *apart_new(void) {
  struct apart *apart = xcalloc(1, sizeof *apart);
  map_init(&apart->keys);
  arena_init(&apart->arena, 4096);
  return apart;
}

void apart_free(struct apart *apart) {
  if (!apart) return;
  map_release(&apart->keys);
  arena_release(&apart->arena);
  free(apart->pairs);
  free(apart);
}

struct apart *apart_dup(const struct apart *apart) {
  struct apart *copy = apart_new();
  for (size_t i = 0; i < apart->count; i++) apart_add(copy, &apart->pairs[i]);
  return copy;
}

size_t apart_count(const struct apart *apart) {
  return apart->count;
}

struct apart_pair apart_at(const struct apart *apart, size_t index) {
  ASSERT(index < apart->count);
  return apart->pairs[index];
}

/* --- the set --------------------------------------------------------------------------------------------------------- */

static int compare_ids(struct identity_member a, struct identity_member b) {
  return a.kind != b.kind ? (a.kind > b.kind) - (a.kind < b.kind) : str_cmp(a.id, b.id);
}

/* The same for both orders of the two. */
static void make_key(struct identity_member a, struct identity_member b, struct buf *key) {
  bool turned = compare_ids(a, b) > 0;
  const struct identity_member first = turned ? b : a, second = turned ? a : b;
  buf_printf(key, "%d %zu ", (int)first.kind, first.id.len);
  buf_add_str(key, first.id);
  buf_printf(key, " %d ", (int)second.kind);
  buf_add_str(key, second.id);
}

static uint32_t find(const struct apart *apart, struct identity_member a, struct identity_member b) {
  struct buf key;
  buf_init(&key);
  make_key(a, b, &key);
  uint32_t index = map_get(&apart->keys, buf_str(&key));
  buf_release(&key);
  return index;
}

bool apart_has(const struct apart *apart, struct identity_member a, struct identity_member b) {
  return apart->count && find(apart, a, b) != MAP_NONE;
}

static struct identity_member copy_id(struct apart *apart, struct identity_member id) {
  return (struct identity_member){id.kind, arena_str(&apart->arena, id.id)};
}

void apart_add(struct apart *apart, const struct apart_pair *pair) {
  struct buf key;
  bool added;
  buf_init(&key);
  make_key(pair->a, pair->b, &key);
  map_put(&apart->keys, buf_str(&key), (uint32_t)apart->count, &added);
  buf_release(&key);
  if (!added) return;
  if (apart->count == apart->cap) {
    apart->cap = apart->cap ? apart->cap * 2 : 16;
    apart->pairs = xrealloc(apart->pairs, apart->cap * sizeof *apart->pairs);
  }
  apart->pairs[apart->count++] = (struct apart_pair){copy_id(apart, pair->a), copy_id(apart, pair->b),
                                                     arena_str(&apart->arena, pair->by), pair->at_ms};
}

/* Maps forget nothing: what is left has moved to a new one. */
static void become(struct apart *apart, struct apart *rest) {
  struct apart old = *apart;
  *apart = *rest;
  *rest = old;
  apart_free(rest);
}

bool apart_remove(struct apart *apart, struct identity_member a, struct identity_member b) {
  uint32_t gone = find(apart, a, b);
  if (gone == MAP_NONE) return false;
  struct apart *rest = apart_new();
  for (size_t i = 0; i < apart->count; i++)
    if (i != gone) apart_add(rest, &apart->pairs[i]);
  become(apart, rest);
  return true;
}

size_t apart_forget(struct apart *apart, bool (*names)(const void *context, struct identity_member id),
                    const void *context) {
  struct apart *rest = apart_new();
  size_t before = apart->count;
  for (size_t i = 0; i < apart->count; i++)
    if (!names(context, apart->pairs[i].a) && !names(context, apart->pairs[i].b))
      apart_add(rest, &apart->pairs[i]);
  become(apart, rest);
  return before - apart->count;
}

/* --- JSON ------------------------------------------------------------------------------------------------------------- */

static void put_id(struct json_writer *w, struct identity_member id) {
  json_key(w, id_keys[id.kind]);
  json_put_str(w, id.id);
}

static void put_side(struct json_writer *w, const char *key, struct identity_member id) {
  json_key(w, key);
  json_open(w, '{');
  put_id(w, id);
  json_close(w, '}');
}

void apart_put(const struct apart *apart, struct json_writer *w) {
  json_open(w, '[');
  for (size_t i = 0; i < apart->count; i++) {
    const struct apart_pair *pair = &apart->pairs[i];
    json_open(w, '{');
    put_side(w, "a", pair->a);
    put_side(w, "b", pair->b);
    json_key(w, "by");
    json_put_str(w, pair->by);
    json_key(w, "at");
    json_put_time(w, pair->at_ms);
    json_close(w, '}');
  }
  json_close(w, ']');
}

bool apart_read_id(struct json_ref object, struct identity_member *id) {
  int found = 0;
  for (int kind = 0; kind < ID_KINDS; kind++) {
    struct str text;
    if (!json_string(json_get(object, str_of(id_keys[kind])), &text) || text.len == 0) continue;
    *id = (struct identity_member){(enum id_kind)kind, text};
    found++;
  }
  return found == 1;
}

static int parse_pair(struct apart *apart, struct json_ref item, struct err *err) {
  struct apart_pair pair = {.by = STR("")};
  struct str at;
  json_string(json_get(item, STR("by")), &pair.by);
  if (json_string(json_get(item, STR("at")), &at)) time_parse(at, &pair.at_ms);
  if (!apart_read_id(json_get(item, STR("a")), &pair.a) || !apart_read_id(json_get(item, STR("b")), &pair.b))
    return err_set(err, ERR_INVALID, "a pair of ids that are apart lacks one of its ids");
  apart_add(apart, &pair);
  return 0;
}

int apart_parse(struct apart *apart, struct str json, struct err *err) {
  struct json_reader *reader = json_reader_new();
  struct json_ref root;
  struct json_iter it;
  int failed = json_parse(reader, json.p, json.len, &root, err);
  if (!failed)
    for (json_iter_init(&it, root); !failed && json_next(&it);) failed = parse_pair(apart, it.value, err);
  json_reader_free(reader);
  return failed;
}

int apart_read(struct apart *apart, const char *dir, struct err *err) {
  struct buf bytes;
  buf_init(&bytes);
  int found = store_value(dir, STR(APART_VALUE), &bytes, err);
  if (found > 0) found = apart_parse(apart, buf_str(&bytes), err);
  buf_release(&bytes);
  return found < 0 ? -1 : 0;
}
