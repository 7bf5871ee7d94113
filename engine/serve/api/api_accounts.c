/* GET /v1/accounts and /v1/accounts/{id}: companies, what is known of them, and their people's scores together.
 *
 * A lead belongs to the account that its last event with one names. Sums and maxima are over the summaries of the book, as of each
 * lead's last change; people who are ignored do not count. All in pieces (pieces.h): a lead is as it was when its piece was
 * made. */
#include "base/text.h"
#include "core/explain/row.h"
#include "serve/pieces.h"
#include "serve/ranking.h"

enum { LIMIT_MAX = 1000, LIMIT = 50, MEMBERS = 100, PIECE = 256 /* leads or accounts in a step */ };

struct crowd { /* an account's people */
  uint32_t leads;
  int64_t *sum, *max; /* per dimension, milli-points; max only with people */
};

enum { LIST, ONE }; /* variants: all accounts; one and its people */

struct listing {
  struct pieces pieces; /* first */
  enum { GATHERING, CHOOSING, LOOKING } phase;
  size_t cursor; /* of the walk through the book */
  const struct accounts *accounts;
  const struct leadbook *book;
  const struct ruleset *rules;
  struct arena arena;
  struct crowd *crowds; /* per account; of one account only its own */
  uint32_t crowd_count, chosen;
  struct buf text, name;
  enum { BY_BEST, BY_LEADS, BY_EVENTS, BY_LAST_SEEN, BY_FIRST_SEEN, BY_SUM, BY_MAX } by;
  int dimension;
  struct ranking ranking;
  size_t found, looked; /* people of one account, and how many of them have been folded */
  struct buf members;
};

/* --- people ----------------------------------------------------------------------------------------------------------- */

static void open_crowds(struct listing *listing, uint32_t count) {
  uint32_t dimensions = listing->rules->dimension_count;
  listing->crowds = arena_zalloc(&listing->arena, (count + 1) * sizeof *listing->crowds);
  int64_t *scores = arena_zalloc(&listing->arena, ((size_t)count * dimensions * 2 + 1) * sizeof *scores);
  for (uint32_t i = 0; i < count; i++) {
    listing->crowds[i].sum = &scores[(size_t)i * 2 * dimensions];
    listing->crowds[i].max = listing->crowds[i].sum + dimensions;
  }
  listing->crowd_count = count;
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

/* Into the crowds; accounts that came since they were opened wait for the next question. */
static void place(struct listing *listing, const struct lead_entry *entry) {
  uint32_t account = map_get(&listing->accounts->ids, entry->account);
  if (account < listing->crowd_count) join(&listing->crowds[account], entry, listing->rules->dimension_count);
}

/* --- an account ------------------------------------------------------------------------------------------------------- */

static struct str name_of(const struct account *account) {
  struct value name = account_trait(account, STR("name"));
  return name.kind == VALUE_STRING ? value_text(name) : STR("");
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
  json_member_str(w, "account", account->id);
  if (name_of(account).len) json_member_str(w, "name", name_of(account));
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

static void answer_list(struct listing *listing) {
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
  json_put_bool(&answer.w, service_is_settled(listing->pieces.daemon->service));
  json_close(&answer.w, '}');
  api_send(&answer, listing->pieces.exchange);
}

/* False: those were all. */
static bool choose(struct listing *listing) {
  for (int i = 0; i < PIECE; i++) {
    if (listing->chosen == listing->crowd_count) return false;
    uint32_t number = listing->chosen++;
    if (is_wanted(listing, &listing->accounts->items[number]))
      ranking_offer(&listing->ranking, rank_of(listing, number));
  }
  return true;
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

/* The next of its people, best first, as they are now. */
static void look(struct listing *listing) {
  struct pipeline *pipeline = service_pipeline(listing->pieces.daemon->service);
  uint32_t lead = listing->ranking.items[listing->looked++].number;
  struct json_writer w;
  struct row row;
  if (pipeline_look(pipeline, lead, service_now_ms(listing->pieces.daemon->service)) == 0) return;
  row_make(&row, pipeline_fold(pipeline), &listing->arena);
  buf_add_char(&listing->members, listing->members.len ? ',' : '[');
  json_writer_init(&w, &listing->members);
  json_open(&w, '{');
  api_put_row(&w, &row, listing->rules);
  json_close(&w, '}');
}

static void offer_member(struct listing *listing, const struct lead_entry *entry, struct str id) {
  if (!str_eq(entry->account, id)) return;
  join(&listing->crowds[0], entry, listing->rules->dimension_count);
  ranking_offer(&listing->ranking, (struct rank){sum_of(listing, entry->scores), 0, entry->node});
}

static struct str asked_id(const struct listing *listing) {
  return http_request_param(http_exchange_request(listing->pieces.exchange), STR("id"));
}

static void answer_one(struct listing *listing) {
  const struct account *account = accounts_find(listing->accounts, asked_id(listing));
  struct api_answer answer;
  ASSERT(account); /* it was there, and accounts stay */
  api_open(&answer);
  json_open(&answer.w, '{');
  put_account(&answer.w, listing->rules, account, &listing->crowds[0]);
  put_traits(&answer.w, account);
  buf_add_text(&listing->members, listing->members.len ? "]" : "[]");
  json_key(&answer.w, "members");
  json_put_raw(&answer.w, buf_str(&listing->members));
  ranking_put(&listing->ranking, &answer.w);
  json_close(&answer.w, '}');
  api_send(&answer, listing->pieces.exchange);
}

static int read_one(struct listing *listing) {
  static const char *const names[] = {"cursor", "limit", NULL};
  struct str id = asked_id(listing);
  if (api_known(listing->pieces.exchange, names) != 0) return -1;
  if (accounts_find(listing->accounts, id))
    return ranking_init(&listing->ranking, listing->pieces.exchange, MEMBERS, LIMIT_MAX);
  http_exchange_fail(listing->pieces.exchange, 404, "not_found", "no event mentions the account '%.*s'",
                     STR_ARG(id));
  return -1;
}

/* --- pieces ------------------------------------------------------------------------------------------------------------ */

static void release(void *pieces) {
  struct listing *listing = pieces;
  ranking_release(&listing->ranking);
  arena_release(&listing->arena);
  buf_release(&listing->text);
  buf_release(&listing->name);
  buf_release(&listing->members);
}

static int open_listing(void *pieces) {
  struct listing *listing = pieces;
  struct pipeline *pipeline = service_pipeline(listing->pieces.daemon->service);
  bool one = listing->pieces.variant == ONE;
  listing->accounts = engine_accounts(pipeline_engine(pipeline));
  listing->book = pipeline_book(pipeline);
  listing->rules = pipeline_generation(pipeline)->rules;
  arena_init(&listing->arena, 0);
  buf_init(&listing->text);
  buf_init(&listing->name);
  buf_init(&listing->members);
  if ((one ? read_one(listing) : read_listing(listing, listing->pieces.exchange)) != 0) return -1;
  open_crowds(listing, one ? 1 : listing->accounts->count);
  return 0;
}

/* False: that was everybody. */
static bool gather(struct listing *listing) {
  struct str id = listing->pieces.variant == ONE ? asked_id(listing) : STR("");
  for (int i = 0; i < PIECE; i++) {
    const struct lead_entry *entry = leadbook_next(listing->book, &listing->cursor);
    if (!entry) return false;
    if (!counts(entry)) continue;
    if (listing->pieces.variant == ONE)
      offer_member(listing, entry, id);
    else
      place(listing, entry);
  }
  return true;
}

/* Nobody of the page was erased, or became part of somebody else, since they were looked at. */
static bool all_are_there(const struct listing *listing) {
  for (size_t i = 0; i < listing->found; i++)
    if (!leadbook_find(listing->book, listing->ranking.items[i].number)) return false;
  return true;
}

static void begin_looking(struct listing *listing) {
  listing->phase = LOOKING;
  listing->found = ranking_end(&listing->ranking);
}

static enum pieces_state piece_of_one(struct listing *listing) {
  if (listing->looked < listing->found) {
    look(listing);
    return PIECES_MORE;
  }
  if (!all_are_there(listing)) return PIECES_AGAIN;
  answer_one(listing);
  return PIECES_DONE;
}

static enum pieces_state piece(void *pieces) {
  struct listing *listing = pieces;
  switch (listing->phase) {
  case GATHERING:
    if (gather(listing)) break;
    if (listing->pieces.variant == ONE)
      begin_looking(listing);
    else
      listing->phase = CHOOSING;
    break;
  case CHOOSING:
    if (choose(listing)) break;
    answer_list(listing);
    return PIECES_DONE;
  case LOOKING: return piece_of_one(listing);
  }
  return PIECES_MORE;
}

static const struct pieces_kind kind = {sizeof(struct listing), open_listing, piece, release};

void api_list_accounts(struct http_exchange *exchange, void *app) {
  pieces_begin(&kind, app, exchange, LIST);
}

void api_show_account(struct http_exchange *exchange, void *app) {
  pieces_begin(&kind, app, exchange, ONE);
}
