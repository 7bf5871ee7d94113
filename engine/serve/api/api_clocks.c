/* GET /v1/clocks, /v1/leads/{id}/clocks: what sales works against. The list is made in pieces: of all that ever ran there are as many
 * as there are stays in stages. */
#include "core/desk/clockbook.h"
#include "core/desk/clocks.h"
#include "serve/pieces.h"
#include "serve/ranking.h"

enum {
  LIMIT = 50,
  LIMIT_MAX = 1000,
  PIECE = 8192,           /* clocks in a step */
  AT_ONCE_MAX = 8 * PIECE /* that run, looked through in one step: their order changes between two */
};

enum wanted { WANT_RUNNING, WANT_OPEN, WANT_WARNED, WANT_BREACHED, WANT_STOPPED, WANT_ALL };

static bool is_wanted(const struct clock *clock, enum wanted wanted) {
  bool open = clock_is_open(clock), warned = clock->warned_ms != TIME_NEVER,
       breached = clock->breached_ms != TIME_NEVER;
  switch (wanted) {
  case WANT_RUNNING: return open;
  case WANT_OPEN: return open && !warned && !breached;
  case WANT_WARNED: return open && warned && !breached;
  case WANT_BREACHED: return breached;
  case WANT_STOPPED: return !open;
  case WANT_ALL: break;
  }
  return true;
}

static int read_state(struct http_exchange *exchange, enum wanted *wanted) {
  static const char *const words[] = {"running", "open", "warned", "breached", "stopped", "all"};
  struct str text;
  *wanted = WANT_RUNNING;
  if (!http_request_query(http_exchange_request(exchange), STR("state"), &text)) return 0;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (!str_eq(text, str_of(words[i]))) continue;
    *wanted = (enum wanted)i;
    return 0;
  }
  return api_refuse(exchange, "state", "running, open, warned, breached, stopped or all");
}

/* A name by which clocks are filtered: 0 lets all through, a name nobody knows none. */
static uint16_t read_name(struct http_exchange *exchange, const struct leadbook *book, struct str parameter) {
  struct str text;
  if (!http_request_query(http_exchange_request(exchange), parameter, &text)) return 0;
  uint16_t name = leadbook_find_name(book, text);
  return name ? name : UINT16_MAX;
}

struct listing {
  struct pieces pieces; /* first */
  struct pipeline *pipeline;
  const struct leadbook *book;
  enum wanted wanted;
  uint16_t sla, stage;
  uint32_t looked; /* clocks, by their numbers */
  struct ranking ranking;
};

static void offer(struct listing *listing, const struct clockbook *clocks, uint32_t number) {
  const struct clock *clock = clockbook_at(clocks, number);
  if (!clock->id || !is_wanted(clock, listing->wanted)) return; /* of somebody who was erased: no id */
  if (listing->sla && clock->sla != listing->sla) return;
  if (listing->stage && clock->stage != listing->stage) return;
  ranking_offer(&listing->ranking, (struct rank){-clock->due_ms, 0, number});
}

/* A piece; false: all have been looked at. What runs is asked for again and again; what ever ran is looked through only for who asks for
 * that. */
static bool search(struct listing *listing) {
  const struct clockbook *clocks = leadbook_clocks(listing->book);
  uint32_t running, all = clockbook_count(clocks);
  const uint32_t *numbers = clockbook_running(clocks, &running);
  if (listing->looked == 0 && listing->wanted <= WANT_WARNED && running <= AT_ONCE_MAX) {
    for (uint32_t i = 0; i < running; i++) offer(listing, clocks, numbers[i]);
    return false;
  }
  for (uint32_t i = 0; i < PIECE && listing->looked < all; i++) offer(listing, clocks, ++listing->looked);
  return listing->looked < all;
}

static void note_lead(void *context, uint32_t lead) {
  *(uint32_t *)context = lead;
}

static struct str lead_of(const struct listing *listing, const struct clock *clock) {
  uint32_t lead = clock->node;
  const struct identity_visitor visitor = {&lead, note_lead};
  engine_leads_of(pipeline_engine(listing->pipeline), clock->node, &visitor);
  return engine_lead_id(pipeline_engine(listing->pipeline), lead);
}

static void answer(struct listing *listing) {
  int64_t now = service_now_ms(listing->pieces.daemon->service);
  size_t count = ranking_end(&listing->ranking);
  struct api_answer answer;
  api_open(&answer);
  json_open(&answer.w, '{');
  json_key(&answer.w, "clocks");
  json_open(&answer.w, '[');
  for (size_t i = 0; i < count; i++) {
    const struct clock *clock =
        clockbook_at(leadbook_clocks(listing->book), listing->ranking.items[i].number);
    if (!clock->id) continue; /* erased meanwhile */
    json_open(&answer.w, '{');
    json_key(&answer.w, "lead");
    json_put_str(&answer.w, lead_of(listing, clock));
    clocks_json(listing->book, clock, now, &answer.w);
    json_close(&answer.w, '}');
  }
  json_close(&answer.w, ']');
  ranking_put(&listing->ranking, &answer.w);
  json_close(&answer.w, '}');
  api_send(&answer, listing->pieces.exchange);
}

static int open_listing(void *pieces) {
  static const char *const names[] = {"state", "sla", "stage", "limit", "cursor", NULL};
  struct listing *listing = pieces;
  struct http_exchange *exchange = listing->pieces.exchange;
  listing->pipeline = service_pipeline(listing->pieces.daemon->service);
  listing->book = pipeline_book(listing->pipeline);
  if (api_known(exchange, names) != 0 || read_state(exchange, &listing->wanted) != 0) return -1;
  if (ranking_init(&listing->ranking, exchange, LIMIT, LIMIT_MAX) != 0) return -1;
  listing->sla = read_name(exchange, listing->book, STR("sla"));
  listing->stage = read_name(exchange, listing->book, STR("stage"));
  return 0;
}

static enum pieces_state piece(void *pieces) {
  struct listing *listing = pieces;
  if (search(listing)) return PIECES_MORE;
  answer(listing);
  return PIECES_DONE;
}

static void release(void *pieces) {
  ranking_release(&((struct listing *)pieces)->ranking);
}

void api_list_clocks(struct http_exchange *exchange, void *app) {
  static const struct pieces_kind kind = {sizeof(struct listing), open_listing, piece, release};
  pieces_begin(&kind, app, exchange, 0);
}

void api_lead_clocks(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  struct api_answer answer;
  int64_t now = service_now_ms(daemon->service);
  if (!guard_role(daemon->guard, exchange, API_READ)) return;
  uint32_t lead = api_find_lead(exchange, daemon);
  if (lead == IDENTITY_NONE) return;
  const struct leadbook *book = pipeline_book(service_pipeline(daemon->service));
  const struct lead_entry *entry = leadbook_find(book, lead);
  api_open(&answer);
  json_open(&answer.w, '{');
  json_key(&answer.w, "lead");
  json_put_str(&answer.w, engine_lead_id(pipeline_engine(service_pipeline(daemon->service)), lead));
  json_key(&answer.w, "clocks");
  json_open(&answer.w, '[');
  for (uint32_t number = entry ? entry->clocks : 0; number;
       number = clockbook_at(leadbook_clocks(book), number)->older) {
    json_open(&answer.w, '{');
    clocks_json(book, clockbook_at(leadbook_clocks(book), number), now, &answer.w);
    json_close(&answer.w, '}');
  }
  json_close(&answer.w, ']');
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
}
