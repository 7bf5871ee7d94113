/* GET /v1/leads: filter, sort, page. Filters and order go by the book's summaries, which are as of each lead's last change;
 * the rows that are shown are folded now. */
#include "base/text.h"
#include "core/row.h"
#include "serve/api.h"
#include <inttypes.h>

enum { LIMIT_MAX = 1000, LIMIT = 50 };

struct rank { /* what is sorted by, greatest first; the lead's number decides between equals */
  int64_t first, second;
  uint32_t node;
};

struct bound {
  int dimension;
  int64_t min, max; /* milli-points */
};

struct listing {
  struct daemon *daemon;
  const struct ruleset *rules;
  const struct leadbook *book;
  int lifecycle;  /* NONE: any stage will do */
  uint16_t stage; /* 0: nobody has been recorded in it */
  bool starts;    /* it is where leads begin, which nothing records */
  struct str grade, account;
  struct buf text;
  struct bound bounds[2 * RULESET_MAX_DIMENSIONS];
  uint32_t bound_count;
  enum { BY_BEST, BY_LAST_SEEN, BY_FIRST_SEEN, BY_DIMENSION } by;
  int dimension;
  int64_t limit;
  bool has_cursor;
  struct rank cursor;

  struct rank *found; /* a heap of the best `limit` + 1 after the cursor, the worst on top */
  size_t count;
  uint64_t total;
};

/* --- order ----------------------------------------------------------------------------------------------------------- */

static bool comes_before(const struct rank *a, const struct rank *b) {
  if (a->first != b->first) return a->first > b->first;
  if (a->second != b->second) return a->second > b->second;
  return a->node < b->node;
}

static int64_t sum_of(const struct listing *listing, const struct lead_entry *entry) {
  int64_t sum = 0;
  for (uint32_t i = 0; i < listing->rules->dimension_count; i++) sum += entry->scores[i];
  return sum;
}

/* A1 before A2 before B1; no grade last. */
static int64_t grade_rank(const char *grade) {
  if (!*grade) return -(INT64_C(1) << 32);
  return -((int64_t)(unsigned char)grade[0] << 8 | (unsigned char)grade[1]);
}

static struct rank rank_of(const struct listing *listing, const struct lead_entry *entry) {
  struct rank rank = {.second = sum_of(listing, entry), .node = entry->node};
  switch (listing->by) {
  case BY_BEST: rank.first = grade_rank(entry->grade); break;
  case BY_LAST_SEEN: rank.first = entry->last_ms; break;
  case BY_FIRST_SEEN: rank.first = entry->first_ms; break;
  case BY_DIMENSION: rank.first = entry->scores[listing->dimension]; break;
  }
  return rank;
}

static void sink(struct listing *listing, size_t at) {
  struct rank item = listing->found[at];
  for (size_t kid; (kid = 2 * at + 1) < listing->count; at = kid) {
    if (kid + 1 < listing->count && comes_before(&listing->found[kid], &listing->found[kid + 1])) kid++;
    if (!comes_before(&item, &listing->found[kid])) break;
    listing->found[at] = listing->found[kid];
  }
  listing->found[at] = item;
}

static void keep(struct listing *listing, struct rank rank) {
  if (listing->count <= (size_t)listing->limit) {
    size_t at = listing->count++;
    for (; at > 0 && comes_before(&listing->found[(at - 1) / 2], &rank); at = (at - 1) / 2)
      listing->found[at] = listing->found[(at - 1) / 2];
    listing->found[at] = rank;
  } else if (comes_before(&rank, &listing->found[0])) {
    listing->found[0] = rank;
    sink(listing, 0);
  }
}

static int by_rank(const void *a, const void *b) {
  return comes_before(a, b) ? -1 : comes_before(b, a);
}

/* --- filters ---------------------------------------------------------------------------------------------------------- */

static bool is_wanted(const struct listing *listing, const struct lead_entry *entry) {
  if (entry->folded_ms == TIME_MIN || entry->ignored) return false;
  if (listing->lifecycle != NONE) {
    uint16_t stage = entry->recorded[listing->lifecycle];
    if (stage == 0 ? !listing->starts : stage != listing->stage) return false;
  }
  if (listing->grade.len && !str_eq(listing->grade, str_of(entry->grade))) return false;
  if (listing->account.len && !str_eq(listing->account, entry->account)) return false;
  for (uint32_t i = 0; i < listing->bound_count; i++) {
    int64_t score = entry->scores[listing->bounds[i].dimension];
    if (score < listing->bounds[i].min || score > listing->bounds[i].max) return false;
  }
  return listing->text.len == 0 || text_contains(str_of(entry->text), buf_str(&listing->text));
}

static void search(struct listing *listing) {
  size_t cursor = 0;
  const struct lead_entry *entry;
  listing->found = xmalloc((size_t)(listing->limit + 1) * sizeof *listing->found);
  while ((entry = leadbook_next(listing->book, &cursor))) {
    if (!is_wanted(listing, entry)) continue;
    listing->total++;
    struct rank rank = rank_of(listing, entry);
    if (!listing->has_cursor || comes_before(&listing->cursor, &rank)) keep(listing, rank);
  }
  qsort(listing->found, listing->count, sizeof *listing->found, by_rank);
}

/* --- parameters ------------------------------------------------------------------------------------------------------- */

static int refuse(struct http_exchange *exchange, const char *name, const char *expected) {
  http_exchange_fail(exchange, 400, "invalid_parameter", "%s: expected %s", name, expected);
  return -1;
}

/* A stage of the lifecycle ?lifecycle= names, or of the first. */
static int read_stage(struct listing *listing, struct http_exchange *exchange) {
  const struct http_request *request = http_exchange_request(exchange);
  struct str stage, name;
  listing->lifecycle = NONE;
  if (!http_request_query(request, STR("stage"), &stage)) return 0;
  int found = 0;
  if (http_request_query(request, STR("lifecycle"), &name)) {
    for (found = (int)listing->rules->lifecycle_count - 1; found >= 0; found--)
      if (str_eq(name, str_of(listing->rules->lifecycles[found].name))) break;
    if (found < 0) return refuse(exchange, "lifecycle", "one the rules declare");
  }
  if ((uint32_t)found >= listing->rules->lifecycle_count)
    return refuse(exchange, "stage", "rules that declare a lifecycle");
  const struct lifecycle *lifecycle = &listing->rules->lifecycles[found];
  int index = lifecycle_stage(lifecycle, stage);
  if (index == NONE) return refuse(exchange, "stage", "a stage of the lifecycle");
  listing->lifecycle = found;
  listing->stage = leadbook_find_name(listing->book, stage);
  if (index == lifecycle->start) listing->starts = true;
  return 0;
}

static int read_bound(struct listing *listing, struct http_exchange *exchange, struct str name, bool is_min,
                      struct str value) {
  struct bound *bound = &listing->bounds[listing->bound_count];
  char room[32], *end;
  int dimension = ruleset_dimension(listing->rules, name);
  if (dimension == NONE) return refuse(exchange, is_min ? "min" : "max", "a dimension the rules declare");
  snprintf(room, sizeof room, "%.*s", STR_ARG(value));
  double points = strtod(room, &end);
  if (*room == '\0' || *end != '\0' || !(points > -1e12 && points < 1e12))
    return refuse(exchange, is_min ? "min" : "max", "a number of points");
  if (listing->bound_count == sizeof listing->bounds / sizeof *listing->bounds)
    return refuse(exchange, "min, max", "one of each for a dimension");
  int64_t milli = (int64_t)(points * 1000);
  *bound = (struct bound){dimension, is_min ? milli : INT64_MIN, is_min ? INT64_MAX : milli};
  listing->bound_count++;
  return 0;
}

static int read_bounds(struct listing *listing, struct http_exchange *exchange) {
  const struct http_uri *uri = &http_exchange_request(exchange)->uri;
  for (int i = 0; i < uri->query_count; i++) {
    struct str name = uri->query[i].name;
    bool is_min = str_starts(name, STR("min."));
    if (!is_min && !str_starts(name, STR("max."))) continue;
    name = (struct str){name.p + 4, name.len - 4};
    if (read_bound(listing, exchange, name, is_min, uri->query[i].value) != 0) return -1;
  }
  return 0;
}

static int read_sort(struct listing *listing, struct http_exchange *exchange) {
  struct str sort;
  if (!http_request_query(http_exchange_request(exchange), STR("sort"), &sort)) return 0;
  if (str_eq(sort, STR("best"))) return 0;
  listing->by = BY_DIMENSION;
  listing->dimension = ruleset_dimension(listing->rules, sort);
  if (str_eq(sort, STR("last_seen"))) listing->by = BY_LAST_SEEN;
  if (str_eq(sort, STR("first_seen"))) listing->by = BY_FIRST_SEEN;
  if (listing->by == BY_DIMENSION && listing->dimension == NONE)
    return refuse(exchange, "sort", "best, last_seen, first_seen or a dimension");
  return 0;
}

static int read_cursor(struct listing *listing, struct http_exchange *exchange) {
  struct str text;
  char room[80], tail;
  if (!http_request_query(http_exchange_request(exchange), STR("cursor"), &text)) return 0;
  snprintf(room, sizeof room, "%.*s", STR_ARG(text));
  listing->has_cursor = sscanf(room, "%" SCNd64 "_%" SCNd64 "_%" SCNu32 "%c", &listing->cursor.first,
                               &listing->cursor.second, &listing->cursor.node, &tail) == 3;
  return listing->has_cursor ? 0 : refuse(exchange, "cursor", "the `next` of another answer");
}

static int read_listing(struct listing *listing, struct http_exchange *exchange) {
  const struct http_request *request = http_exchange_request(exchange);
  struct str text;
  http_request_query(request, STR("grade"), &listing->grade);
  http_request_query(request, STR("account"), &listing->account);
  if (http_request_query(request, STR("q"), &text)) text_fold(text, &listing->text);
  if (api_number(exchange, STR("limit"), LIMIT, 1, LIMIT_MAX, &listing->limit) != 0) return -1;
  if (read_stage(listing, exchange) != 0 || read_bounds(listing, exchange) != 0) return -1;
  return read_sort(listing, exchange) != 0 ? -1 : read_cursor(listing, exchange);
}

/* --- the answer -------------------------------------------------------------------------------------------------------- */

static void put_leads(struct listing *listing, struct json_writer *w) {
  struct pipeline *pipeline = service_pipeline(listing->daemon->service);
  int64_t now = service_now_ms(listing->daemon->service);
  struct arena arena;
  struct row row;
  arena_init(&arena, 0);
  for (size_t i = 0; i < listing->count && i < (size_t)listing->limit; i++) {
    if (pipeline_look(pipeline, listing->found[i].node, now) == 0) continue;
    arena_clear(&arena);
    row_make(&row, pipeline_fold(pipeline), &arena);
    json_open(w, '{');
    api_put_row(w, &row, listing->rules);
    json_close(w, '}');
  }
  arena_release(&arena);
}

static void put_next(const struct listing *listing, struct json_writer *w) {
  json_key(w, "next");
  if (listing->count <= (size_t)listing->limit) {
    json_put_null(w);
    return;
  }
  const struct rank *last = &listing->found[listing->limit - 1];
  char text[80];
  snprintf(text, sizeof text, "%" PRId64 "_%" PRId64 "_%" PRIu32, last->first, last->second, last->node);
  json_put_text(w, text);
}

static void answer(struct listing *listing, struct http_exchange *exchange) {
  struct api_answer answer;
  api_open(&answer);
  json_open(&answer.w, '{');
  json_key(&answer.w, "leads");
  json_open(&answer.w, '[');
  put_leads(listing, &answer.w);
  json_close(&answer.w, ']');
  json_key(&answer.w, "total");
  json_put_int(&answer.w, (int64_t)listing->total);
  put_next(listing, &answer.w);
  json_key(&answer.w, "complete");
  json_put_bool(&answer.w, service_is_settled(listing->daemon->service));
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
}

void api_list_leads(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  struct pipeline *pipeline = service_pipeline(daemon->service);
  struct listing listing = {
      .daemon = daemon, .rules = pipeline_generation(pipeline)->rules, .book = pipeline_book(pipeline)};
  if (!guard_role(daemon->guard, exchange, API_READ)) return;
  buf_init(&listing.text);
  if (read_listing(&listing, exchange) == 0) {
    search(&listing);
    answer(&listing, exchange);
  }
  free(listing.found);
  buf_release(&listing.text);
}
