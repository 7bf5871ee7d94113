/* GET /v1/worklists, /v1/worklists/{name}: the lists that somebody works through, and what is in one, in its order. */
#include "core/desk/listbook.h"
#include "core/explain/row.h"
#include "serve/api/api.h"

enum { LIMIT = 50, LIMIT_MAX = 1000, OFFSET_MAX = 100000 };

/* --- all of them ---------------------------------------------------------------------------------------------------- */

static void put_head(struct json_writer *w, const struct worklist *list) {
  json_key(w, "worklist");
  json_put_text(w, list->id);
  json_key(w, "doc");
  json_put_text(w, list->doc ? list->doc : "");
}

void api_list_worklists(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  struct pipeline *pipeline = service_pipeline(daemon->service);
  const struct ruleset *rules = pipeline_generation(pipeline)->rules;
  const struct listbook *lists = leadbook_lists(pipeline_book(pipeline));
  struct api_answer answer;
  if (!guard_role(daemon->guard, exchange, API_READ)) return;
  api_open(&answer);
  json_open(&answer.w, '{');
  json_key(&answer.w, "worklists");
  json_open(&answer.w, '[');
  for (uint32_t i = 0; i < rules->worklist_count; i++) {
    uint32_t count;
    listbook_members(lists, i, &count);
    json_open(&answer.w, '{');
    put_head(&answer.w, &rules->worklists[i]);
    json_key(&answer.w, "leads");
    json_put_int(&answer.w, count);
    json_key(&answer.w, "overdue");
    json_put_int(&answer.w, listbook_overdue(lists, i));
    json_close(&answer.w, '}');
  }
  json_close(&answer.w, ']');
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
}

/* --- one of them ---------------------------------------------------------------------------------------------------- */

struct listing {
  struct daemon *daemon;
  const struct ruleset *rules;
  const struct leadbook *book;
  const struct worklist *list;
  int64_t limit, offset;
  struct list_search search;
};

static void put_item(const struct listing *listing, struct json_writer *w, const struct lead_entry *entry,
                     int64_t now_ms) {
  struct pipeline *pipeline = service_pipeline(listing->daemon->service);
  int lifecycle = listing->list->lifecycle;
  const struct clock *clock = worklists_clock(listing->book, entry);
  struct arena arena;
  struct row row;
  if (pipeline_look(pipeline, entry->node, now_ms) == 0) return;
  arena_init(&arena, 4096);
  row_make(&row, pipeline_fold(pipeline), &arena);
  json_open(w, '{');
  api_put_row(w, &row, listing->rules);
  json_key(w, "waiting_since");
  json_put_time(w, entry->recorded[lifecycle] ? entry->recorded_ms[lifecycle] : entry->first_ms);
  if (clock) {
    json_key(w, "clock");
    json_open(w, '{');
    clocks_json(listing->book, clock, now_ms, w);
    json_close(w, '}');
  }
  json_close(w, '}');
  arena_release(&arena);
}

static void answer(const struct listing *listing, struct http_exchange *exchange) {
  int64_t now = service_now_ms(listing->daemon->service);
  struct api_answer answer;
  api_open(&answer);
  json_open(&answer.w, '{');
  put_head(&answer.w, listing->list);
  json_key(&answer.w, "leads");
  json_open(&answer.w, '[');
  for (size_t i = (size_t)listing->offset; i < listing->search.count; i++)
    put_item(listing, &answer.w, listing->search.places[i].entry, now);
  json_close(&answer.w, ']');
  json_key(&answer.w, "total");
  json_put_int(&answer.w, listing->search.total);
  json_key(&answer.w, "complete");
  json_put_bool(&answer.w, service_is_settled(listing->daemon->service));
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
}

static const struct worklist *find_list(struct http_exchange *exchange, const struct ruleset *rules) {
  struct str name = http_request_param(http_exchange_request(exchange), STR("name"));
  int list = desk_worklist(rules, name);
  if (list != NONE) return &rules->worklists[list];
  http_exchange_fail(exchange, 404, "not_found",
                     "the rules declare no such worklist: GET /v1/worklists names them");
  return NULL;
}

void api_show_worklist(struct http_exchange *exchange, void *app) {
  static const char *const names[] = {"limit", "offset", "owner", NULL};
  struct daemon *daemon = app;
  struct pipeline *pipeline = service_pipeline(daemon->service);
  struct listing listing = {
      .daemon = daemon, .rules = pipeline_generation(pipeline)->rules, .book = pipeline_book(pipeline)};
  if (!guard_role(daemon->guard, exchange, API_READ)) return;
  listing.list = find_list(exchange, listing.rules);
  if (!listing.list || api_known(exchange, names) != 0 ||
      api_number(exchange, STR("limit"), LIMIT, 1, LIMIT_MAX, &listing.limit) != 0 ||
      api_number(exchange, STR("offset"), 0, 0, OFFSET_MAX, &listing.offset) != 0)
    return;
  listing.search.has_owner =
      http_request_query(http_exchange_request(exchange), STR("owner"), &listing.search.owner);
  listing.search.wanted = (size_t)(listing.offset + listing.limit);
  listbook_search(leadbook_lists(listing.book), (uint32_t)(listing.list - listing.rules->worklists),
                  &listing.search);
  answer(&listing, exchange);
  free(listing.search.places);
}
