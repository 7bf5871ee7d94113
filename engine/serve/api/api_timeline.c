/* GET /v1/leads/{id}/timeline: what happened, newest first, and what each event changed.
 *
 * What a page's events changed is worked out on the loop, from the touches in memory; what they were called and said is read
 * from the journal by a job on another thread, which owns copies of all it needs. */
#include "core/engine/act_touch.h"
#include "core/explain/history.h"
#include "core/journal/recall.h"
#include "serve/api/api.h"
#include <inttypes.h>

enum { LIMIT = 50, RETRY_S = 1 };

struct page { /* an answer under way */
  struct work_job job;
  struct http_exchange *exchange;
  const char *dir;
  struct arena arena;
  struct str head;     /* the answer's members before the entries */
  struct str *entries; /* JSON objects, newest first */
  uint32_t count;
  struct recalled *items; /* those of `entries` that are events */
  uint32_t *item_of;      /* per entry; NO_ITEM: time alone */
  uint32_t item_count;
  struct str next; /* a cursor; empty: there is nothing older */
  int code;
  struct err err;
};
enum { NO_ITEM = 0xffffffffu };

/* --- an entry ----------------------------------------------------------------------------------------------------- */

static void put_scores(struct json_writer *w, const struct ruleset *rules, const struct fold_change *change) {
  json_key(w, "scores");
  json_open(w, '{');
  for (uint32_t d = 0; d < rules->dimension_count; d++) {
    json_key(w, rules->dimensions[d].name);
    json_open(w, '{');
    json_member_milli(w, "before", change->before[d]);
    json_member_milli(w, "after", change->after[d]);
    if (change->cut[d]) json_member_milli(w, "cut", change->cut[d]);
    json_close(w, '}');
  }
  json_close(w, '}');
}

static void put_rule(struct json_writer *w, const struct ruleset *rules, const struct fold_change *change,
                     const struct fold_change_rule *rule) {
  json_open(w, '{');
  json_member_text(w, "rule", rules->rules[rule->rule].id);
  json_member_text(w, "doc", rules->rules[rule->rule].doc);
  json_member_text(w, "did", fold_did_word(rule->did));
  json_key(w, "points");
  json_open(w, '{');
  for (uint32_t i = 0; i < rule->point_count; i++) {
    const struct fold_change_point *point = &change->points[rule->first_point + i];
    json_member_milli(w, rules->dimensions[point->dimension].name, point->points);
  }
  json_close(w, '}');
  json_close(w, '}');
}

static void put_transition(struct json_writer *w, const struct ruleset *rules,
                           const struct fold_transition *transition) {
  const struct lifecycle *lifecycle = &rules->lifecycles[transition->lifecycle];
  json_open(w, '{');
  json_member_text(w, "lifecycle", lifecycle->name);
  json_member_text(w, "from", lifecycle->stages[transition->from]);
  json_member_text(w, "to", lifecycle->stages[transition->to]);
  if (transition->move != NONE) json_member_text(w, "move", lifecycle->moves[transition->move].doc);
  if (transition->act) act_json(transition->act, w);
  json_key(w, "cycle");
  json_put_int(w, transition->cycle);
  json_close(w, '}');
}

static void put_entry(struct json_writer *w, const struct ruleset *rules, const struct history_entry *entry) {
  const struct fold_change *change = &entry->change;
  json_open(w, '{');
  json_member_text(w, "kind", entry->touch ? "event" : "time");
  if (entry->touch) {
    api_put_origin(w, entry->touch);
    json_member_text(w, "type", event_type_word((enum event_type)entry->touch->type));
    if (entry->touch->more && entry->touch->more->act) act_json(entry->touch->more->act, w);
  } else {
    json_key(w, "at");
    json_put_time(w, entry->place.time_ms);
  }
  put_scores(w, rules, change);
  json_key(w, "rules");
  json_open(w, '[');
  for (uint32_t i = 0; i < change->rule_count; i++) put_rule(w, rules, change, &change->rules[i]);
  json_close(w, ']');
  json_key(w, "transitions");
  json_open(w, '[');
  for (uint32_t i = 0; i < change->transition_count; i++) put_transition(w, rules, &change->transitions[i]);
  json_close(w, ']');
  json_close(w, '}');
}

/* --- the page, as far as memory knows it ---------------------------------------------------------------------------- */

static void add_item(struct page *page, uint32_t entry, const struct touch *touch) {
  struct recalled *item = &page->items[page->item_count];
  *item = (struct recalled){.record = touch->record,
                            .time_ms = touch->time_ms,
                            .key = arena_str(&page->arena, (struct str){touch->key, touch->key_len})};
  page->item_of[entry] = page->item_count++;
}

static void take_entries(struct page *page, const struct history *history, const struct ruleset *rules) {
  struct json_writer w;
  struct buf text;
  buf_init(&text);
  page->count = history->count;
  page->entries = arena_zalloc(&page->arena, (page->count + 1) * sizeof *page->entries);
  page->items = arena_zalloc(&page->arena, (page->count + 1) * sizeof *page->items);
  page->item_of = arena_zalloc(&page->arena, (page->count + 1) * sizeof *page->item_of);
  for (uint32_t i = 0; i < page->count; i++) {
    const struct history_entry *entry = history_at(history, i);
    buf_clear(&text);
    json_writer_init(&w, &text);
    put_entry(&w, rules, entry);
    page->entries[i] = arena_str(&page->arena, buf_str(&text));
    page->item_of[i] = NO_ITEM;
    if (entry->touch) add_item(page, i, entry->touch);
  }
  if (history->more) {
    struct history_place place = history_at(history, page->count - 1)->place;
    page->next = str_of(arena_printf(&page->arena, "%" PRId64 "_%" PRIu32, place.time_ms, place.order));
  }
  buf_release(&text);
}

static void take_head(struct page *page, struct str lead, int64_t at_ms, const struct ruleset *rules) {
  struct json_writer w;
  struct buf text;
  buf_init(&text);
  json_writer_init(&w, &text);
  json_open(&w, '{');
  json_key(&w, "lead");
  json_put_str(&w, lead);
  json_key(&w, "as_of");
  json_put_time(&w, at_ms);
  json_member_text(&w, "ruleset", rules->hash);
  page->head = arena_str(&page->arena, buf_str(&text));
  buf_release(&text);
}

/* --- the page, with what the journal says --------------------------------------------------------------------------- */

static void add_member(struct buf *body, const char *key, struct str text) {
  struct json_writer w;
  if (text.len == 0) return;
  buf_printf(body, ",\"%s\":", key);
  json_writer_init(&w, body);
  json_put_str(&w, text);
}

/* What stands in the journal follows what the touch knew, in the same object. */
static void add_recalled(struct buf *body, const struct recalled *item) {
  bool has_traits = event_type_tells(item->type);
  if (!item->found) return;
  add_member(body, item->type == EVENT_TRACK || item->type >= EVENT_CALLS ? "event" : "name", item->name);
  add_member(body, "group_id", item->group_id);
  add_member(body, "previous_id", item->previous_id);
  if (item->data.len) buf_printf(body, ",\"%s\":%s", has_traits ? "traits" : "properties", item->data.p);
  if (item->cut) buf_add_text(body, ",\"cut\":true");
}

static void write_page(const struct page *page, struct buf *body) {
  buf_add_str(body, page->head);
  buf_add_text(body, ",\"entries\":[");
  for (uint32_t i = 0; i < page->count; i++) {
    if (i) buf_add_char(body, ',');
    buf_add(body, page->entries[i].p, page->entries[i].len - 1);
    if (page->item_of[i] != NO_ITEM) add_recalled(body, &page->items[page->item_of[i]]);
    buf_add_char(body, '}');
  }
  buf_add_char(body, ']');
  if (page->next.len)
    add_member(body, "next", page->next);
  else
    buf_add_text(body, ",\"next\":null");
  buf_add_char(body, '}');
}

static void free_page(struct page *page) {
  arena_release(&page->arena);
  free(page);
}

static void refuse(struct http_exchange *exchange, const char *code, const char *why) {
  struct http_failure failure;
  http_failure_set(&failure, 503, code, "%s", why);
  failure.retry_after_s = RETRY_S;
  http_exchange_refuse(exchange, &failure);
}

static void on_read(struct work_job *job, enum work_end end) {
  struct page *page = (struct page *)job;
  struct buf body;
  if (end == WORK_SKIPPED) {
    refuse(page->exchange, "stopping", "the server is stopping; try again shortly");
  } else if (page->code != 0) {
    refuse(page->exchange, "storage_failed", page->err.text);
  } else {
    buf_init(&body);
    write_page(page, &body);
    http_exchange_answer(page->exchange, 200, HTTP_JSON, buf_str(&body));
    buf_release(&body);
  }
  free_page(page);
}

static bool is_stopped(void *job) {
  return work_is_stopped(job);
}

static void read_journal(struct work_job *job) {
  struct page *page = (struct page *)job;
  page->code = recall(page->dir, page->items, page->item_count, &page->arena, is_stopped, job, &page->err);
}

static void on_gone(struct http_exchange *exchange) {
  struct page *page = http_exchange_user(exchange);
  work_stop_job(&page->job);
}

/* --- the request ---------------------------------------------------------------------------------------------------- */

/* ?before=: the `next` of another page, or an instant. */
static int read_before(struct http_exchange *exchange, struct history_place *before, bool *has) {
  struct str text;
  int64_t numbers[2];
  *has = http_request_query(http_exchange_request(exchange), STR("before"), &text);
  before->order = 0;
  if (!*has || time_parse(text, &before->time_ms)) return 0;
  if (api_numbers(text, numbers, 2) && numbers[1] >= 0 && numbers[1] <= UINT32_MAX) {
    *before = (struct history_place){numbers[0], (uint32_t)numbers[1]};
    return 0;
  }
  http_exchange_fail(exchange, 400, "invalid_parameter",
                     "before: expected the `next` of another answer, or an instant such as "
                     "2026-01-02T03:04:05Z");
  return -1;
}

/* NULL: the lead has no events up to that instant. */
static struct page *make_page(struct daemon *daemon, uint32_t lead, int64_t at_ms,
                              const struct history_place *before, uint32_t limit) {
  struct pipeline *pipeline = service_pipeline(daemon->service);
  struct engine *engine = pipeline_engine(pipeline);
  struct fold *fold = pipeline_fold(pipeline);
  struct touch_list touches = {0};
  engine_lead_touches(engine, lead, at_ms, &touches);
  if (touches.count == 0) {
    touch_list_release(&touches);
    return NULL;
  }
  struct page *page = xcalloc(1, sizeof *page);
  struct history *history = xmalloc(sizeof *history);
  page->job = (struct work_job){read_journal, on_read, NULL};
  arena_init(&page->arena, 0);
  page->dir = arena_str(&page->arena, str_of(daemon->config->data)).p;
  history_init(history);
  history_read(history, fold, engine_lead_id(engine, lead), &touches, at_ms, before, limit);
  take_head(page, engine_lead_id(engine, lead), at_ms, fold_rules(fold));
  take_entries(page, history, fold_rules(fold));
  touch_list_release(&touches);
  history_release(history);
  free(history);
  return page;
}

static void start(struct page *page, struct http_exchange *exchange, struct work *work) {
  page->exchange = exchange;
  http_exchange_set_user(exchange, page);
  http_exchange_on_gone(exchange, on_gone);
  if (work_start(work, &page->job)) return;
  http_exchange_on_gone(exchange, NULL);
  refuse(exchange, HTTP_OVERLOADED, "too many questions to the journal at a time; try again shortly");
  free_page(page);
}

void api_lead_timeline(struct http_exchange *exchange, void *app) {
  static const char *const names[] = {"at", "before", "limit", NULL};
  struct daemon *daemon = app;
  struct history_place before;
  int64_t at_ms, limit;
  bool has_before;
  if (!guard_role(daemon->guard, exchange, API_READ) || api_known(exchange, names) != 0) return;
  if (api_instant(exchange, daemon, &at_ms) != 0) return;
  if (api_number(exchange, STR("limit"), LIMIT, 1, HISTORY_LIMIT_MAX, &limit) != 0) return;
  if (read_before(exchange, &before, &has_before) != 0) return;
  uint32_t lead = api_find_lead(exchange, daemon);
  if (lead == IDENTITY_NONE) return;
  struct page *page = make_page(daemon, lead, at_ms, has_before ? &before : NULL, (uint32_t)limit);
  if (page)
    start(page, exchange, daemon->work);
  else
    api_refuse_lead(exchange, true);
}
