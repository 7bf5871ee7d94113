/* GET /v1/accounts and /v1/accounts/{id}: companies, what is known of them, and their people's scores together.
 *
 * A lead belongs to the account that its last event with one names. Sums and maxima are over the summaries of the book, as of each
 * lead's last change; people who are ignored do not count. */
#include "base/text.h"
#include "core/row.h"
#include "serve/ranking.h"

enum { LIMIT_MAX = 1000, LIMIT = 50, MEMBERS = 100 };

struct crowd { /* an account's people */
  uint32_t leads;
  int64_t *sum, *max; /* per dimension, milli-points; max only with people */
};

struct listing {
  const struct accounts *accounts;
  const struct leadbook *book;
  const struct ruleset *rules;
  struct arena arena;
  struct crowd *crowds; /* per account */
  struct buf text, name;
  enum { BY_BEST, BY_LEADS, BY_EVENTS, BY_LAST_SEEN, BY_FIRST_SEEN, BY_SUM, BY_MAX } by;
  int dimension;
  struct ranking ranking;
};

/* --- people ----------------------------------------------------------------------------------------------------------- */

static void open_crowds(struct listing *listing) {
  uint32_t dimensions = listing->rules->dimension_count, count = listing->accounts->count;
  listing->crowds = arena_zalloc(&listing->arena, (count + 1) * sizeof *listing->crowds);
  int64_t *scores = arena_zalloc(&listing->arena, ((size_t)count * dimensions * 2 + 1) * sizeof *scores);
  for (uint32_t i = 0; i < count; i++) {
    listing->crowds[i].sum = &scores[(size_t)i * 2 * dimensions];
    listing->crowds[i].max = listing->crowds[i].sum + dimensions;
  }
}

static bool counts(const struct lead_entry *entry) {
  return entry->folded_ms != TIME_MIN && !entry->ignored && entry->account.len > 0;
}

static void join(struct crowd *crowd, const struct lead_entry *entry, uint32_t dimensions) {
  for (uint32_t d = 0; d < dimensions; d++) {
    crowd->sum[d] += entry->scores[d];
    if (crowd->leads == 0 || entry->scores[d] > crowd->max[d]) crowd->max[d] = entry->scores[d];
  }
  crowd->leads++;
}

static void gather(struct listing *listing) {
  size_t cursor = 0;
  const struct lead_entry *entry;
  open_crowds(listing);
  while ((entry = leadbook_next(listing->book, &cursor))) {
    if (!counts(entry)) continue;
    uint32_t account = map_get(&listing->accounts->ids, entry->account);
    if (account != MAP_NONE) join(&listing->crowds[account], entry, listing->rules->dimension_count);
  }
}

/* --- an account ------------------------------------------------------------------------------------------------------- */

static struct str name_of(const struct account *account) {
  struct value name = account_trait(account, STR("name"));
  return name.kind == VALUE_STRING ? value_text(name) : STR("");
}

static void put_text(struct json_writer *w, const char *key, struct str text) {
  json_key(w, key);
  json_put_str(w, text);
}

static void put_scores(struct json_writer *w, const struct ruleset *rules, const struct crowd *crowd) {
  json_key(w, "scores");
  json_open(w, '{');
  for (uint32_t d = 0; d < rules->dimension_count; d++) {
    json_key(w, rules->dimensions[d].name);
    json_open(w, '{');
    json_key(w, "sum");
    json_put_milli(w, crowd->sum[d]);
    json_key(w, "max");
    if (crowd->leads)
      json_put_milli(w, crowd->max[d]);
    else
      json_put_null(w);
    json_close(w, '}');
  }
  json_close(w, '}');
}

static void put_account(struct json_writer *w, const struct ruleset *rules, const struct account *account,
                        const struct crowd *crowd) {
  put_text(w, "account", account->id);
  if (name_of(account).len) put_text(w, "name", name_of(account));
  json_key(w, "leads");
  json_put_int(w, crowd->leads);
  json_key(w, "events");
  json_put_int(w, account->events);
  json_key(w, "first_seen");
  json_put_time(w, account->first_ms);
  json_key(w, "last_seen");
  json_put_time(w, account->last_ms);
  put_scores(w, rules, crowd);
}

/* --- the list --------------------------------------------------------------------------------------------------------- */

static int64_t sum_of(const struct listing *listing, const int64_t *scores) {
  int64_t sum = 0;
  for (uint32_t d = 0; d < listing->rules->dimension_count; d++) sum += scores[d];
  return sum;
}

static struct rank rank_of(const struct listing *listing, uint32_t number) {
  const struct account *account = &listing->accounts->items[number];
  const struct crowd *crowd = &listing->crowds[number];
  struct rank rank = {.second = sum_of(listing, crowd->sum), .number = number};
  switch (listing->by) {
  case BY_BEST: rank.first = rank.second; break;
  case BY_LEADS: rank.first = crowd->leads; break;
  case BY_EVENTS: rank.first = account->events; break;
  case BY_LAST_SEEN: rank.first = account->last_ms; break;
  case BY_FIRST_SEEN: rank.first = account->first_ms; break;
  case BY_SUM: rank.first = crowd->sum[listing->dimension]; break;
  case BY_MAX: rank.first = crowd->leads ? crowd->max[listing->dimension] : INT64_MIN; break;
  }
  return rank;
}

static bool is_wanted(struct listing *listing, const struct account *account) {
  if (listing->text.len == 0) return true;
  buf_clear(&listing->name);
  text_fold(account->id, &listing->name);
  buf_add_char(&listing->name, '\n');
  text_fold(name_of(account), &listing->name);
  return text_contains(buf_str(&listing->name), buf_str(&listing->text));
}

static int read_sort(struct listing *listing, struct http_exchange *exchange) {
  static const char *const words[] = {"best", "leads", "events", "last_seen", "first_seen"};
  struct str sort;
  if (!http_request_query(http_exchange_request(exchange), STR("sort"), &sort)) return 0;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    listing->by = i;
    if (str_eq(sort, str_of(words[i]))) return 0;
  }
  listing->by = str_starts(sort, STR("max.")) ? BY_MAX : BY_SUM;
  if (listing->by == BY_MAX) sort = (struct str){sort.p + 4, sort.len - 4};
  listing->dimension = ruleset_dimension(listing->rules, sort);
  if (listing->dimension != NONE) return 0;
  return api_refuse(exchange, "sort",
                    "best, leads, events, last_seen, first_seen, a dimension (its sum) or max.DIMENSION");
}

static int read_listing(struct listing *listing, struct http_exchange *exchange) {
  static const char *const names[] = {"q", "sort", "cursor", "limit", NULL};
  struct str text;
  if (api_known(exchange, names) != 0) return -1;
  if (http_request_query(http_exchange_request(exchange), STR("q"), &text)) text_fold(text, &listing->text);
  if (ranking_init(&listing->ranking, exchange, LIMIT, LIMIT_MAX) != 0) return -1;
  return read_sort(listing, exchange);
}

static void answer_list(struct listing *listing, struct http_exchange *exchange, bool complete) {
  struct api_answer answer;
  api_open(&answer);
  json_open(&answer.w, '{');
  json_key(&answer.w, "accounts");
  json_open(&answer.w, '[');
  size_t count = ranking_end(&listing->ranking);
  for (size_t i = 0; i < count; i++) {
    uint32_t number = listing->ranking.items[i].number;
    json_open(&answer.w, '{');
    put_account(&answer.w, listing->rules, &listing->accounts->items[number], &listing->crowds[number]);
    json_close(&answer.w, '}');
  }
  json_close(&answer.w, ']');
  ranking_put(&listing->ranking, &answer.w);
  json_key(&answer.w, "complete");
  json_put_bool(&answer.w, complete);
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
}

static void open_listing(struct listing *listing, struct daemon *daemon) {
  struct pipeline *pipeline = service_pipeline(daemon->service);
  *listing = (struct listing){.accounts = engine_accounts(pipeline_engine(pipeline)),
                              .book = pipeline_book(pipeline),
                              .rules = pipeline_generation(pipeline)->rules};
  arena_init(&listing->arena, 0);
  buf_init(&listing->text);
  buf_init(&listing->name);
}

static void close_listing(struct listing *listing) {
  ranking_release(&listing->ranking);
  arena_release(&listing->arena);
  buf_release(&listing->text);
  buf_release(&listing->name);
}

void api_list_accounts(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  struct listing listing;
  if (!guard_role(daemon->guard, exchange, API_READ)) return;
  open_listing(&listing, daemon);
  if (read_listing(&listing, exchange) == 0) {
    gather(&listing);
    for (uint32_t i = 0; i < listing.accounts->count; i++)
      if (is_wanted(&listing, &listing.accounts->items[i]))
        ranking_offer(&listing.ranking, rank_of(&listing, i));
    answer_list(&listing, exchange, service_is_settled(daemon->service));
  }
  close_listing(&listing);
}

/* --- one account ------------------------------------------------------------------------------------------------------ */

static void put_traits(struct json_writer *w, const struct account *account) {
  json_key(w, "traits");
  json_open(w, '{');
  for (uint32_t i = 0; i < account->trait_count; i++) {
    const struct account_trait *trait = &account->traits[i];
    if (trait->value.kind == VALUE_NULL) continue;
    json_key_str(w, trait->key);
    json_open(w, '{');
    json_key(w, "value");
    json_put_value(w, trait->value);
    if (trait->by) api_put_origin(w, trait->by);
    json_close(w, '}');
  }
  json_close(w, '}');
}

/* Its people, best first, as they are now. */
static void put_members(struct json_writer *w, struct listing *listing, struct pipeline *pipeline,
                        int64_t now_ms) {
  size_t count = ranking_end(&listing->ranking);
  struct row row;
  json_key(w, "members");
  json_open(w, '[');
  for (size_t i = 0; i < count; i++) {
    if (pipeline_look(pipeline, listing->ranking.items[i].number, now_ms) == 0) continue;
    row_make(&row, pipeline_fold(pipeline), &listing->arena);
    json_open(w, '{');
    api_put_row(w, &row, listing->rules);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void find_members(struct listing *listing, struct crowd *crowd, struct str id) {
  uint32_t dimensions = listing->rules->dimension_count;
  size_t cursor = 0;
  const struct lead_entry *entry;
  crowd->sum = arena_zalloc(&listing->arena, (dimensions + 1) * sizeof *crowd->sum);
  crowd->max = arena_zalloc(&listing->arena, (dimensions + 1) * sizeof *crowd->max);
  while ((entry = leadbook_next(listing->book, &cursor))) {
    if (!counts(entry) || !str_eq(entry->account, id)) continue;
    join(crowd, entry, dimensions);
    ranking_offer(&listing->ranking, (struct rank){sum_of(listing, entry->scores), 0, entry->node});
  }
}

static void show(struct listing *listing, struct http_exchange *exchange, struct daemon *daemon,
                 const struct account *account) {
  struct api_answer answer;
  struct crowd crowd = {0};
  find_members(listing, &crowd, account->id);
  api_open(&answer);
  json_open(&answer.w, '{');
  put_account(&answer.w, listing->rules, account, &crowd);
  put_traits(&answer.w, account);
  put_members(&answer.w, listing, service_pipeline(daemon->service), service_now_ms(daemon->service));
  ranking_put(&listing->ranking, &answer.w);
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
}

void api_show_account(struct http_exchange *exchange, void *app) {
  static const char *const names[] = {"cursor", "limit", NULL};
  struct daemon *daemon = app;
  struct listing listing;
  if (!guard_role(daemon->guard, exchange, API_READ) || api_known(exchange, names) != 0) return;
  struct str id = http_request_param(http_exchange_request(exchange), STR("id"));
  open_listing(&listing, daemon);
  const struct account *account = accounts_find(listing.accounts, id);
  if (!account)
    http_exchange_fail(exchange, 404, "not_found", "no event mentions the account '%.*s'", STR_ARG(id));
  else if (ranking_init(&listing.ranking, exchange, MEMBERS, LIMIT_MAX) == 0)
    show(&listing, exchange, daemon, account);
  close_listing(&listing);
}
