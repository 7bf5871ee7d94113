/* GET /v1/leads: filter, sort, page.
 *
 * Leads are found by the book's summaries, which are as of each lead's last change: what has faded since is not in them. Those
 * of the page are folded now, and then tested and put in order again, so that what is shown agrees with what was asked. All in
 * pieces (pieces.h): a lead is as it was when its piece was made. */
#include "base/text.h"
#include "core/explain/failing.h"
#include "core/explain/row.h"
#include "serve/pieces.h"
#include "serve/ranking.h"
#include <math.h>

enum { LIMIT_MAX = 1000, LIMIT = 50, PIECE = 256 /* leads that are looked at in a step */ };

struct bound {
  int dimension;
  int64_t min, max; /* milli-points */
};

struct shown {
  struct rank rank;
  size_t start, len; /* of its JSON in `rows` */
};

struct listing {
  struct pieces pieces; /* first */
  enum { SEARCHING, LOOKING } phase;
  size_t cursor; /* of the search */
  const struct ruleset *rules;
  const struct leadbook *book;
  int of;         /* which lifecycle stages and qualification are of */
  int lifecycle;  /* NONE: any stage will do */
  uint16_t stage; /* 0: nobody has been recorded in it */
  bool starts;    /* it is where leads begin, which nothing records */
  struct str grade, account, owner;
  bool has_owner;
  enum { ANYBODY, QUALIFIED, UNQUALIFIED } who;
  uint64_t segment; /* its bit; 0: any will do */
  struct buf text;
  struct bound bounds[2 * RULESET_MAX_DIMENSIONS];
  uint32_t bound_count;
  enum { BY_BEST, BY_LAST_SEEN, BY_FIRST_SEEN, BY_DIMENSION } by;
  int dimension;
  struct ranking ranking;
  size_t found, looked; /* the page's leads, and how many of them have been folded */
  struct shown *shown;  /* those that are what was asked for still */
  size_t shown_count;
  struct buf rows;
};

/* --- order ----------------------------------------------------------------------------------------------------------- */

struct standing { /* what filters and order look at */
  const int64_t *scores;
  const char *grade;
  uint64_t segments;
  int64_t first_ms, last_ms;
};

static int64_t sum_of(const struct listing *listing, const int64_t *scores) {
  int64_t sum = 0;
  for (uint32_t i = 0; i < listing->rules->dimension_count; i++) sum += scores[i];
  return sum;
}

/* A1 before A2 before B1; no grade last. */
static int64_t grade_rank(const char *grade) {
  if (!*grade) return -(INT64_C(1) << 32);
  return -((int64_t)(unsigned char)grade[0] << 8 | (unsigned char)grade[1]);
}

static struct rank rank_of(const struct listing *listing, const struct standing *standing, uint32_t number) {
  struct rank rank = {.second = sum_of(listing, standing->scores), .number = number};
  switch (listing->by) {
  case BY_BEST: rank.first = grade_rank(standing->grade); break;
  case BY_LAST_SEEN: rank.first = standing->last_ms; break;
  case BY_FIRST_SEEN: rank.first = standing->first_ms; break;
  case BY_DIMENSION: rank.first = standing->scores[listing->dimension]; break;
  }
  return rank;
}

/* --- filters ---------------------------------------------------------------------------------------------------------- */

static bool is_good(const struct listing *listing, const struct standing *standing) {
  if (listing->segment & ~standing->segments) return false;
  if (listing->grade.len && !str_eq(listing->grade, str_of(standing->grade))) return false;
  for (uint32_t i = 0; i < listing->bound_count; i++) {
    int64_t score = standing->scores[listing->bounds[i].dimension];
    if (score < listing->bounds[i].min || score > listing->bounds[i].max) return false;
  }
  return true;
}

static bool is_qualified(const struct lifecycle *lifecycle, int stage) {
  return (lifecycle->endorsed | lifecycle->sales) >> stage & 1;
}

static bool has_standing(const struct listing *listing, const struct lead_entry *entry) {
  const struct lifecycle *lifecycle = &listing->rules->lifecycles[listing->of];
  uint16_t recorded = entry->recorded[listing->of];
  int stage = recorded ? lifecycle_stage(lifecycle, str_of(leadbook_name(listing->book, recorded)))
                       : lifecycle->start;
  return stage != NONE && is_qualified(lifecycle, stage) == (listing->who == QUALIFIED);
}

static bool is_wanted(const struct listing *listing, const struct lead_entry *entry) {
  if (entry->folded_ms == TIME_MIN || entry->ignored) return false;
  if (listing->lifecycle != NONE) {
    uint16_t stage = entry->recorded[listing->lifecycle];
    if (stage == 0 ? !listing->starts : stage != listing->stage) return false;
  }
  if (listing->who != ANYBODY && !has_standing(listing, entry)) return false;
  if (listing->account.len && !str_eq(listing->account, entry->account)) return false;
  if (listing->has_owner && !str_eq(listing->owner, entry->owner)) return false;
  return listing->text.len == 0 || text_contains(str_of(entry->text), buf_str(&listing->text));
}

/* False: that was everybody. */
static bool search(struct listing *listing) {
  const struct lead_entry *entry;
  for (int i = 0; i < PIECE; i++) {
    if (!(entry = leadbook_next(listing->book, &listing->cursor))) return false;
    const struct standing standing = {entry->scores, entry->grade, entry->segments, entry->first_ms,
                                      entry->last_ms};
    if (is_wanted(listing, entry) && is_good(listing, &standing))
      ranking_offer(&listing->ranking, rank_of(listing, &standing, entry->node));
  }
  return true;
}

/* --- parameters ------------------------------------------------------------------------------------------------------- */

/* The one that ?lifecycle= names, or the first. */
static int read_lifecycle(struct listing *listing, struct http_exchange *exchange) {
  struct str name;
  listing->of = 0;
  if (!http_request_query(http_exchange_request(exchange), STR("lifecycle"), &name)) return 0;
  listing->of = ruleset_lifecycle(listing->rules, name);
  return listing->of == NONE ? api_refuse(exchange, "lifecycle", "one the rules declare") : 0;
}

/* A stage of that lifecycle. */
static int read_stage(struct listing *listing, struct http_exchange *exchange) {
  struct str stage;
  int found = listing->of;
  listing->lifecycle = NONE;
  if (!http_request_query(http_exchange_request(exchange), STR("stage"), &stage)) return 0;
  if ((uint32_t)found >= listing->rules->lifecycle_count)
    return api_refuse(exchange, "stage", "rules that declare a lifecycle");
  const struct lifecycle *lifecycle = &listing->rules->lifecycles[found];
  int index = lifecycle_stage(lifecycle, stage);
  if (index == NONE) return api_refuse(exchange, "stage", "a stage of the lifecycle");
  listing->lifecycle = found;
  listing->stage = leadbook_find_name(listing->book, stage);
  if (index == lifecycle->start) listing->starts = true;
  return 0;
}

/* A least number of points rounds up to whole thousandths, a greatest one down. */
static bool read_points(struct str text, bool is_min, int64_t *milli) {
  char room[32], *end;
  if (text.len == 0 || text.len >= sizeof room) return false;
  memcpy(room, text.p, text.len);
  room[text.len] = '\0';
  double points = strtod(room, &end);
  if (*end != '\0' || !(points > -1e12 && points < 1e12)) return false;
  double nearest = round(points * 1000);
  bool whole = fabs(points * 1000 - nearest) < 1e-4;
  *milli = (int64_t)(whole ? nearest : is_min ? ceil(points * 1000) : floor(points * 1000));
  return true;
}

static int read_bound(struct listing *listing, struct http_exchange *exchange, struct str name, bool is_min,
                      struct str value) {
  struct bound *bound = &listing->bounds[listing->bound_count];
  int dimension = ruleset_dimension(listing->rules, name);
  int64_t milli;
  if (dimension == NONE) return api_refuse(exchange, is_min ? "min" : "max", "a dimension the rules declare");
  if (!read_points(value, is_min, &milli))
    return api_refuse(exchange, is_min ? "min" : "max", "a number of points");
  if (listing->bound_count == sizeof listing->bounds / sizeof *listing->bounds)
    return api_refuse(exchange, "min, max", "one of each for a dimension");
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
    return api_refuse(exchange, "sort", "best, last_seen, first_seen or a dimension");
  return 0;
}

static int read_segment(struct listing *listing, struct http_exchange *exchange) {
  struct str name;
  if (!http_request_query(http_exchange_request(exchange), STR("segment"), &name)) return 0;
  int segment = ruleset_segment(listing->rules, name);
  if (segment == NONE) return api_refuse(exchange, "segment", "one the rules declare");
  listing->segment = UINT64_C(1) << segment;
  return 0;
}

/* ?qualified=: whether marketing stands for the lead, or sales has it. */
static int read_qualified(struct listing *listing, struct http_exchange *exchange) {
  struct str text;
  if (!http_request_query(http_exchange_request(exchange), STR("qualified"), &text)) return 0;
  if (listing->rules->lifecycle_count == 0 || !listing->rules->lifecycles[listing->of].endorsed)
    return api_refuse(exchange, "qualified",
                      "a lifecycle (the first, or ?lifecycle=) that says which stages are `endorsed`");
  listing->who = str_eq(text, STR("true")) ? QUALIFIED : UNQUALIFIED;
  return listing->who == QUALIFIED || str_eq(text, STR("false"))
             ? 0
             : api_refuse(exchange, "qualified", "true or false");
}

static int read_listing(struct listing *listing, struct http_exchange *exchange) {
  static const char *const names[] = {"stage", "lifecycle", "grade", "account", "q",     "min.",      "max.",
                                      "sort",  "cursor",    "limit", "segment", "owner", "qualified", NULL};
  const struct http_request *request = http_exchange_request(exchange);
  struct str text;
  if (api_known(exchange, names) != 0) return -1;
  http_request_query(request, STR("grade"), &listing->grade);
  http_request_query(request, STR("account"), &listing->account);
  listing->has_owner = http_request_query(request, STR("owner"), &listing->owner);
  if (http_request_query(request, STR("q"), &text)) text_fold(text, &listing->text);
  if (ranking_init(&listing->ranking, exchange, LIMIT, LIMIT_MAX) != 0) return -1;
  if (read_lifecycle(listing, exchange) != 0) return -1;
  if (read_stage(listing, exchange) != 0 || read_bounds(listing, exchange) != 0) return -1;
  if (read_qualified(listing, exchange) != 0) return -1;
  return read_segment(listing, exchange) != 0 ? -1 : read_sort(listing, exchange);
}

/* --- the answer -------------------------------------------------------------------------------------------------------- */

static int by_rank(const void *a, const void *b) {
  const struct shown *left = a, *right = b;
  return rank_cmp(&left->rank, &right->rank);
}

/* What keeps it from being qualified. */
static void put_failing(const struct listing *listing, const struct fold *fold, struct arena *arena,
                        struct json_writer *w) {
  struct failings failings = {.count = 0};
  failing_moves(&failings, fold, listing->of, listing->rules->lifecycles[listing->of].endorsed, arena);
  json_key(w, "failing");
  failing_json(failings.items, failings.count, w);
}

/* The next of the page's leads, as it is now. */
static void look(struct listing *listing) {
  struct pipeline *pipeline = service_pipeline(listing->pieces.daemon->service);
  uint32_t lead = listing->ranking.items[listing->looked++].number;
  struct shown *shown = &listing->shown[listing->shown_count];
  struct arena arena;
  struct json_writer w;
  struct row row;
  if (pipeline_look(pipeline, lead, service_now_ms(listing->pieces.daemon->service)) == 0) return;
  arena_init(&arena, 0);
  row_make(&row, pipeline_fold(pipeline), &arena);
  const struct standing standing = {row.scores, row.grade, row.segments, row.first_ms, row.last_ms};
  if (is_good(listing, &standing)) {
    *shown = (struct shown){.rank = rank_of(listing, &standing, lead), .start = listing->rows.len};
    json_writer_init(&w, &listing->rows);
    json_open(&w, '{');
    api_put_row(&w, &row, listing->rules);
    if (listing->who == UNQUALIFIED) put_failing(listing, pipeline_fold(pipeline), &arena, &w);
    json_close(&w, '}');
    shown->len = listing->rows.len - shown->start;
    listing->shown_count++;
  }
  arena_release(&arena);
}

/* Who was erased since they were looked at is left out. */
static void put_leads(struct listing *listing, struct json_writer *w) {
  if (listing->shown_count) qsort(listing->shown, listing->shown_count, sizeof *listing->shown, by_rank);
  for (size_t i = 0; i < listing->shown_count; i++) {
    const struct shown *shown = &listing->shown[i];
    if (!leadbook_find(listing->book, shown->rank.number)) continue;
    json_put_raw(w, (struct str){listing->rows.data + shown->start, shown->len});
  }
}

static void answer(struct listing *listing) {
  struct api_answer answer;
  api_open(&answer);
  json_open(&answer.w, '{');
  json_key(&answer.w, "leads");
  json_open(&answer.w, '[');
  put_leads(listing, &answer.w);
  json_close(&answer.w, ']');
  ranking_put(&listing->ranking, &answer.w);
  json_key(&answer.w, "complete");
  json_put_bool(&answer.w, service_is_settled(listing->pieces.daemon->service));
  json_close(&answer.w, '}');
  api_send(&answer, listing->pieces.exchange);
}

/* --- pieces ------------------------------------------------------------------------------------------------------------ */

static void release(void *pieces) {
  struct listing *listing = pieces;
  ranking_release(&listing->ranking);
  buf_release(&listing->text);
  buf_release(&listing->rows);
  free(listing->shown);
}

static int open_listing(void *pieces) {
  struct listing *listing = pieces;
  struct pipeline *pipeline = service_pipeline(listing->pieces.daemon->service);
  listing->rules = pipeline_generation(pipeline)->rules;
  listing->book = pipeline_book(pipeline);
  buf_init(&listing->text);
  buf_init(&listing->rows);
  return read_listing(listing, listing->pieces.exchange);
}

static void begin_looking(struct listing *listing) {
  listing->phase = LOOKING;
  listing->found = ranking_end(&listing->ranking);
  listing->shown = xmalloc((listing->found + 1) * sizeof *listing->shown);
}

static enum pieces_state piece(void *pieces) {
  struct listing *listing = pieces;
  if (listing->phase == SEARCHING) {
    if (!search(listing)) begin_looking(listing);
    return PIECES_MORE;
  }
  if (listing->looked < listing->found) {
    look(listing);
    return PIECES_MORE;
  }
  answer(listing);
  return PIECES_DONE;
}

void api_list_leads(struct http_exchange *exchange, void *app) {
  static const struct pieces_kind kind = {sizeof(struct listing), open_listing, piece, release};
  pieces_begin(&kind, app, exchange, 0);
}
