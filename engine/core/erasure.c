#include "core/erasure.h"

static const char *const kinds[ID_KINDS] = {
    [ID_USER] = "user", [ID_ANONYMOUS] = "anonymous", [ID_EMAIL] = "email"};

void erasure_init(struct erasure *erasure) {
  *erasure = (struct erasure){.block = false};
  arena_init(&erasure->arena, 4096);
  map_init(&erasure->known);
}

void erasure_release(struct erasure *erasure) {
  map_release(&erasure->known);
  arena_release(&erasure->arena);
}

/* --- ids ----------------------------------------------------------------------------------------------------------- */

enum { KEY_MAX = 1 + NORMALISE_ID_MAX };

/* Ids are no longer than NORMALISE_ID_MAX; what is longer is nobody's. */
static struct str key_of(enum id_kind kind, struct str id, char room[KEY_MAX]) {
  size_t len = id.len < NORMALISE_ID_MAX ? id.len : NORMALISE_ID_MAX;
  room[0] = (char)('0' + kind);
  if (len) memcpy(room + 1, id.p, len);
  return (struct str){room, 1 + len};
}

static void index_claims(struct erasure *erasure) {
  char room[KEY_MAX];
  for (size_t i = 0; i < erasure->count; i++)
    map_set(&erasure->known, key_of(erasure->claims[i].kind, erasure->claims[i].id, room), (uint32_t)i);
}

void erasure_add_lead(struct erasure *erasure, struct engine *engine, uint32_t lead) {
  ASSERT(erasure->count == 0);
  erasure->count = engine_lead_claims(engine, lead, &erasure->arena, &erasure->claims);
  index_claims(erasure);
}

void erasure_add_id(struct erasure *erasure, struct str id) {
  static const struct id_span always = {TIME_MIN, TIME_NEVER};
  ASSERT(erasure->count == 0);
  id = arena_str(&erasure->arena, id);
  erasure->claims = arena_alloc(&erasure->arena, ID_KINDS * sizeof *erasure->claims);
  for (int kind = 0; kind < ID_KINDS; kind++)
    erasure->claims[erasure->count++] = (struct id_claim){(enum id_kind)kind, id, &always, 1};
  index_claims(erasure);
}

/* --- whose --------------------------------------------------------------------------------------------------------- */

static uint32_t find(const struct erasure *erasure, struct identity_member id) {
  char room[KEY_MAX];
  if (id.id.len == 0 || id.id.len > NORMALISE_ID_MAX) return MAP_NONE;
  return map_get(&erasure->known, key_of(id.kind, id.id, room));
}

bool erasure_names(const void *erasure, struct identity_member id) {
  return find(erasure, id) != MAP_NONE;
}

bool erasure_has_id(const struct erasure *erasure, struct identity_member id, int64_t at_ms) {
  uint32_t index = find(erasure, id);
  if (index == MAP_NONE) return false;
  const struct id_claim *claim = &erasure->claims[index];
  if (claim->kind != ID_ANONYMOUS) return true;
  for (size_t i = 0; i < claim->span_count; i++)
    if (at_ms >= claim->spans[i].from_ms && at_ms < claim->spans[i].to_ms) return true;
  return false;
}

bool erasure_has_event(const struct erasure *erasure, const struct event *event) {
  struct identity_member user = {ID_USER, event->user_id}, anonymous = {ID_ANONYMOUS, event->anonymous_id};
  return erasure_has_id(erasure, event->user_id.len ? user : anonymous, event->time_ms);
}

/* --- as JSON ------------------------------------------------------------------------------------------------------- */

static bool is_always(const struct id_claim *claim) {
  return claim->kind != ID_ANONYMOUS || (claim->span_count == 1 && claim->spans[0].from_ms == TIME_MIN &&
                                         claim->spans[0].to_ms == TIME_NEVER);
}

static void write_spans(struct json_writer *w, const struct id_claim *claim) {
  json_key(w, "spans");
  json_open(w, '[');
  for (size_t i = 0; i < claim->span_count; i++) {
    json_open(w, '[');
    json_put_int(w, claim->spans[i].from_ms);
    json_put_int(w, claim->spans[i].to_ms < TIME_MAX ? claim->spans[i].to_ms : TIME_MAX);
    json_close(w, ']');
  }
  json_close(w, ']');
}

static void write_wish(struct json_writer *w, const struct erasure *erasure) {
  json_key(w, "block");
  json_put_bool(w, erasure->block);
  json_key(w, "asked_at");
  json_put_time(w, erasure->asked_ms);
}

void erasure_write_ask(const struct erasure *erasure, struct str id, struct buf *out) {
  struct json_writer w;
  json_writer_init(&w, out);
  json_open(&w, '{');
  json_key(&w, "ask");
  json_put_str(&w, id);
  write_wish(&w, erasure);
  json_close(&w, '}');
}

void erasure_write_done(int64_t now_ms, uint64_t events, uint64_t decisions, struct buf *out) {
  struct json_writer w;
  json_writer_init(&w, out);
  json_open(&w, '{');
  json_key(&w, "done_at");
  json_put_time(&w, now_ms);
  json_key(&w, "events");
  json_put_int(&w, (int64_t)events);
  json_key(&w, "decisions");
  json_put_int(&w, (int64_t)decisions);
  json_close(&w, '}');
}

void erasure_write(const struct erasure *erasure, struct buf *out) {
  struct json_writer w;
  json_writer_init(&w, out);
  json_open(&w, '{');
  json_key(&w, "ids");
  json_open(&w, '[');
  for (size_t i = 0; i < erasure->count; i++) {
    json_open(&w, '{');
    json_key(&w, kinds[erasure->claims[i].kind]);
    json_put_str(&w, erasure->claims[i].id);
    if (!is_always(&erasure->claims[i])) write_spans(&w, &erasure->claims[i]);
    json_close(&w, '}');
  }
  json_close(&w, ']');
  json_key(&w, "before");
  json_put_int(&w, (int64_t)erasure->before);
  write_wish(&w, erasure);
  json_close(&w, '}');
}

static bool parse_span(struct json_ref ref, struct id_span *span) {
  struct json_iter it;
  double from, to;
  json_iter_init(&it, ref);
  if (!json_next(&it) || !json_number(it.value, &from) || !json_next(&it) || !json_number(it.value, &to))
    return false;
  *span = (struct id_span){(int64_t)from, to >= (double)TIME_MAX ? TIME_NEVER : (int64_t)to};
  return true;
}

static bool parse_spans(struct erasure *erasure, struct json_ref ref, struct id_claim *claim) {
  static const struct id_span always = {TIME_MIN, TIME_NEVER};
  struct json_iter it;
  claim->spans = &always;
  claim->span_count = 1;
  if (json_is_missing(ref)) return true;
  struct id_span *spans = arena_alloc(&erasure->arena, (json_count(ref) + 1) * sizeof *spans);
  claim->spans = spans;
  claim->span_count = 0;
  for (json_iter_init(&it, ref); json_next(&it);)
    if (!parse_span(it.value, &spans[claim->span_count++])) return false;
  return true;
}

static bool parse_claim(struct erasure *erasure, struct json_ref ref, struct id_claim *claim) {
  struct str id;
  for (int kind = 0; kind < ID_KINDS; kind++) {
    if (!json_string(json_get(ref, str_of(kinds[kind])), &id)) continue;
    *claim = (struct id_claim){.kind = (enum id_kind)kind, .id = arena_str(&erasure->arena, id)};
    return parse_spans(erasure, json_get(ref, STR("spans")), claim);
  }
  return false;
}

static enum erasure_record parse_ids(struct erasure *erasure, struct json_ref root, struct err *err) {
  struct json_ref ids = json_get(root, STR("ids"));
  struct json_iter it;
  double before;
  erasure->claims = arena_alloc(&erasure->arena, (json_count(ids) + 1) * sizeof *erasure->claims);
  erasure->count = 0;
  for (json_iter_init(&it, ids); json_next(&it);)
    if (!parse_claim(erasure, it.value, &erasure->claims[erasure->count++]))
      return err_set(err, ERR_INVALID, "a recorded erasure has an id that is none");
  if (!json_number(json_get(root, STR("before")), &before) || before < 0)
    return err_set(err, ERR_INVALID, "a recorded erasure does not say how far it goes");
  erasure->before = (uint64_t)before;
  index_claims(erasure);
  return ERASURE_IDS;
}

enum erasure_record erasure_parse(struct erasure *erasure, struct json_ref root, struct str *ask,
                                  struct err *err) {
  struct str asked;
  json_bool(json_get(root, STR("block")), &erasure->block);
  if (json_string(json_get(root, STR("asked_at")), &asked)) time_parse(asked, &erasure->asked_ms);
  if (json_string(json_get(root, STR("ask")), ask)) return ERASURE_ASK;
  if (json_kind(json_get(root, STR("ids"))) == JSON_ARRAY) return parse_ids(erasure, root, err);
  if (!json_is_missing(json_get(root, STR("done_at")))) return ERASURE_DONE;
  return err_set(err, ERR_INVALID, "a recorded erasure neither asks, nor has ids, nor is done");
}
