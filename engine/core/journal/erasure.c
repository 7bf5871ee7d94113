#include "core/journal/erasure.h"

void erasure_init(struct erasure *erasure) {
  *erasure = (struct erasure){.block = false};
  arena_init(&erasure->arena, 4096);
  map_init(&erasure->known);
  belongings_init(&erasure->belongings);
}

void erasure_release(struct erasure *erasure) {
  map_release(&erasure->known);
  belongings_release(&erasure->belongings);
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

static void add_claim(struct erasure *erasure, const struct id_claim *claim) {
  char room[KEY_MAX];
  if (erasure->count == erasure->cap) {
    struct id_claim *old = erasure->claims;
    erasure->cap = erasure->cap ? erasure->cap * 2 : 16;
    erasure->claims = arena_alloc(&erasure->arena, erasure->cap * sizeof *erasure->claims);
    if (erasure->count) memcpy(erasure->claims, old, erasure->count * sizeof *old);
  }
  map_set(&erasure->known, key_of(claim->kind, claim->id, room), (uint32_t)erasure->count);
  erasure->claims[erasure->count++] = *claim;
}

/* A device that several of them shared is claimed for each one's times. */
static void widen_claim(struct erasure *erasure, struct id_claim *known, const struct id_claim *claim) {
  size_t count = known->span_count + claim->span_count;
  struct id_span *spans = arena_alloc(&erasure->arena, (count + 1) * sizeof *spans);
  if (known->span_count) memcpy(spans, known->spans, known->span_count * sizeof *spans);
  if (claim->span_count) memcpy(spans + known->span_count, claim->spans, claim->span_count * sizeof *spans);
  known->spans = spans;
  known->span_count = count;
}

static uint32_t find(const struct erasure *erasure, struct identity_member id) {
  char room[KEY_MAX];
  if (id.id.len == 0 || id.id.len > NORMALISE_ID_MAX) return MAP_NONE;
  return map_get(&erasure->known, key_of(id.kind, id.id, room));
}

void erasure_add_lead(struct erasure *erasure, struct engine *engine, uint32_t lead) {
  struct id_claim *claims;
  size_t count = engine_lead_claims(engine, lead, &erasure->arena, &claims);
  erasure->leads++;
  for (size_t i = 0; i < count; i++) {
    uint32_t known = find(erasure, (struct identity_member){claims[i].kind, claims[i].id});
    if (known == MAP_NONE)
      add_claim(erasure, &claims[i]);
    else
      widen_claim(erasure, &erasure->claims[known], &claims[i]);
  }
}

void erasure_add_other(struct erasure *erasure, uint32_t lead) {
  for (size_t i = 0; i < erasure->other_count; i++)
    if (erasure->others[i] == lead) return;
  if (erasure->other_count == erasure->other_cap) {
    const uint32_t *old = erasure->others;
    erasure->other_cap = erasure->other_cap ? erasure->other_cap * 2 : 8;
    erasure->others = arena_alloc(&erasure->arena, erasure->other_cap * sizeof *erasure->others);
    if (erasure->other_count) memcpy(erasure->others, old, erasure->other_count * sizeof *old);
  }
  erasure->others[erasure->other_count++] = lead;
}

void erasure_add_id(struct erasure *erasure, struct str id) {
  static const struct id_span always = {TIME_MIN, TIME_NEVER};
  id = arena_str(&erasure->arena, id);
  for (int kind = 0; kind < ID_KINDS; kind++) {
    const struct id_claim claim = {(enum id_kind)kind, id, &always, 1};
    add_claim(erasure, &claim);
  }
}

/* --- whose --------------------------------------------------------------------------------------------------------- */

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

void erasure_write_silent(const struct erasure *erasure, const struct identity_member *ids, size_t count,
                          int64_t before_ms, struct buf *out) {
  struct json_writer w;
  json_writer_init(&w, out);
  json_open(&w, '{');
  json_key(&w, "silent");
  json_open(&w, '[');
  for (size_t i = 0; i < count; i++) {
    json_open(&w, '{');
    json_key(&w, id_kind_word(ids[i].kind));
    json_put_str(&w, ids[i].id);
    json_close(&w, '}');
  }
  json_close(&w, ']');
  json_key(&w, "before");
  json_put_time(&w, before_ms);
  write_wish(&w, erasure);
  json_close(&w, '}');
}

void erasure_write_done(int64_t now_ms, uint64_t events, uint64_t decisions, const struct roster *roster,
                        struct buf *out) {
  struct json_writer w;
  json_writer_init(&w, out);
  json_open(&w, '{');
  json_key(&w, "done_at");
  json_put_time(&w, now_ms);
  json_key(&w, "events");
  json_put_int(&w, (int64_t)events);
  json_key(&w, "decisions");
  json_put_int(&w, (int64_t)decisions);
  roster_write(roster, &w);
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
    json_key(&w, id_kind_word(erasure->claims[i].kind));
    json_put_str(&w, erasure->claims[i].id);
    if (!is_always(&erasure->claims[i])) write_spans(&w, &erasure->claims[i]);
    json_close(&w, '}');
  }
  json_close(&w, ']');
  belongings_write(&erasure->belongings, &w);
  json_key(&w, "before");
  json_put_int(&w, (int64_t)erasure->before);
  write_wish(&w, erasure);
  json_close(&w, '}');
}

static bool parse_span(struct json_ref ref, struct id_span *span) {
  struct json_iter it;
  int64_t from, to;
  json_iter_init(&it, ref);
  if (!json_next(&it) || !json_whole(it.value, TIME_MIN, TIME_MAX, &from) || !json_next(&it) ||
      !json_whole(it.value, TIME_MIN, TIME_NEVER, &to))
    return false;
  *span = (struct id_span){from, to};
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

bool erasure_read_id(struct json_ref item, struct identity_member *id) {
  for (int kind = 0; kind < ID_KINDS; kind++) {
    id->kind = (enum id_kind)kind;
    if (json_string(json_get(item, str_of(id_kind_word((enum id_kind)kind))), &id->id)) return true;
  }
  return false;
}

static bool parse_claim(struct erasure *erasure, struct json_ref ref) {
  struct identity_member id;
  if (!erasure_read_id(ref, &id)) return false;
  struct id_claim claim = {.kind = id.kind, .id = arena_str(&erasure->arena, id.id)};
  if (!parse_spans(erasure, json_get(ref, STR("spans")), &claim)) return false;
  add_claim(erasure, &claim);
  return true;
}

static enum erasure_record parse_ids(struct erasure *erasure, struct json_ref root, struct err *err) {
  struct json_iter it;
  int64_t before;
  for (json_iter_init(&it, json_get(root, STR("ids"))); json_next(&it);)
    if (!parse_claim(erasure, it.value))
      return err_set(err, ERR_INVALID, "a recorded erasure has an id that is none");
  if (!belongings_read(&erasure->belongings, root))
    return err_set(err, ERR_INVALID, "a recorded erasure lists a record that is none");
  if (!json_whole(json_get(root, STR("before")), 0, INT64_MAX, &before))
    return err_set(err, ERR_INVALID, "a recorded erasure does not say how far it goes");
  erasure->before = (uint64_t)before;
  return ERASURE_IDS;
}

enum erasure_record erasure_parse(struct erasure *erasure, struct json_ref root, struct erasure_ask *ask,
                                  struct err *err) {
  struct str text;
  json_bool(json_get(root, STR("block")), &erasure->block);
  if (json_string(json_get(root, STR("asked_at")), &text)) time_parse(text, &erasure->asked_ms);
  if (json_string(json_get(root, STR("ask")), &ask->id)) return ERASURE_ASK;
  if (json_kind(json_get(root, STR("ids"))) == JSON_ARRAY) return parse_ids(erasure, root, err);
  if (!json_is_missing(json_get(root, STR("done_at")))) return ERASURE_DONE;
  ask->silent = json_get(root, STR("silent"));
  if (json_kind(ask->silent) == JSON_ARRAY && json_string(json_get(root, STR("before")), &text) &&
      time_parse(text, &ask->before_ms))
    return ERASURE_SILENT;
  return err_set(err, ERR_INVALID, "a recorded erasure neither asks, nor has ids, nor is done");
}
